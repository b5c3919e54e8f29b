"""A Doorkey server for a test, and somebody who is signed in to it."""

import json
import os
import secrets
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("DOORKEY_BIN_DIR", ROOT / "target/debug"))
FRONTEND = "http://localhost:3000"
START_SECONDS = 15


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The real binary, on an SQLite file of its own."""

    def __init__(self, **settings):
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"http://localhost:{(port := free_port())}"
        log = Path(os.environ.get("DOORKEY_E2E_LOGS", self.folder.name)) / f"python-{port}.log"
        env = {
            "PORT": str(port),
            "SECRET_KEY": secrets.token_urlsafe(32),
            "FRONTEND_URL": FRONTEND,
            # Not into the log, where nothing secret may be found afterwards.
            "MAIL_URL": "file:mails",
            **settings,
        }
        with open(log, "w") as output:
            self.process = subprocess.Popen(
                [BINARIES / "doorkey"], cwd=self.folder.name, env=env, stdout=output, stderr=output
            )
        try:
            self._wait()
        except Exception as error:
            self.stop()
            raise RuntimeError(f"it does not answer: {log}") from error

    def _wait(self):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.get("/health")
            except urllib.error.URLError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(12)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def call(self, path, body=None, cookie=""):
        """The answer to a page of the front end."""
        headers = {"Origin": FRONTEND, "Cookie": cookie, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {name: text for name, text in headers.items() if text})
        return urllib.request.urlopen(request, timeout=20)

    def get(self, path, cookie=""):
        with self.call(path, cookie=cookie) as answer:
            return json.load(answer)

    def sign_up(self):
        """A new user and their session's cookie."""
        email = f"ann.{secrets.token_hex(6)}@example.com"
        body = {"name": "Zoë", "email": email, "password": secrets.token_urlsafe(16)}
        with self.call("/api/auth/sign-up/email", body) as answer:
            cookie = answer.headers["Set-Cookie"].split(";")[0]
            return json.load(answer)["user"], cookie
