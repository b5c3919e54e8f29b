"""The programs that are measured: how each is started, asked and stopped, and what memory it takes."""

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import data

HERE = Path(__file__).parent
PATIENCE_S = 30
SECRET = secrets.token_urlsafe(32)
ORIGIN = "http://localhost:3000"


@dataclass
class Side:
    """One of those that are compared. `{port}` in the command stands for the port."""

    name: str
    title: str
    command: list[str]
    folder: Path
    cookie: Callable[[int, str], str]
    get_session: str
    sign_up: str
    sign_in: str
    env: dict[str, str] = field(default_factory=dict)

    def start(self, url: str, log: Path, port: int | None = None) -> "Program":
        port = port or free_port()
        env = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "PORT": str(port), "SECRET_KEY": SECRET, **self.env}
        command = [part.replace("{port}", str(port)) for part in self.command]
        with log.open("ab") as output:
            child = subprocess.Popen(
                command, cwd=self.folder, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        return Program(self, child, port, log)


@dataclass
class Program:
    """A running one."""

    side: Side
    child: subprocess.Popen
    port: int
    log: Path

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def ask(self, method: str, path: str, body: dict | None = None, cookie: str = "") -> tuple[int, bytes]:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        headers = {"Origin": ORIGIN, "Content-Type": "application/json"} if body else {}
        if cookie:
            headers["Cookie"] = cookie
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def wait(self) -> None:
        """Until it answers `/health`."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and self.child.poll() is None:
            try:
                if self.ask("GET", "/health")[0] == 200:
                    return
            except OSError:
                time.sleep(0.02)
        self.fail("does not answer")

    def sign_people_up(self) -> None:
        for number in range(data.PEOPLE):
            body = {"email": data.email_of_person(number), "password": data.PASSWORD, "name": f"Person {number}"}
            status, content = self.ask("POST", self.side.sign_up, body)
            if status not in (200, 201):
                self.fail(f"sign-up answered {status} {content!r}")

    def check_session(self, number: int) -> None:
        """That the cookie of a session opens it: a load of refusals would measure nothing."""
        status, content = self.ask("GET", self.side.get_session, cookie=self.side.cookie(number, SECRET))
        if status != 200 or data.email_of_session(number).encode() not in content:
            self.fail(f"get-session answered {status} {content!r}")

    def memory_mb(self, what: str) -> float:
        """`VmRSS` (now) or `VmHWM` (the most so far), in millions of bytes."""
        for line in Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == what:
                return int(value.split()[0]) * 1024 / 1e6
        raise LookupError(what)

    def fail(self, what: str) -> None:
        said = self.log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{self.side.title} {what}\n{said}")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def doorkey(binaries: Path, folder: Path) -> Side:
    return Side(
        "doorkey",
        "Doorkey",
        [str(binaries / "doorkey")],
        folder,
        data.signed_cookie,
        "/api/auth/get-session",
        "/api/auth/sign-up/email",
        "/api/auth/sign-in/email",
        {"RATE_LIMIT": "off", "FRONTEND_URL": ORIGIN},
    )


def verify_function(binaries: Path, folder: Path) -> Side:
    """The function alone. As on a function platform it never migrates."""
    side = doorkey(binaries, folder)
    side.title, side.command = "Doorkey `verify`", [str(binaries / "verify")]
    side.env["MIGRATE"] = "off"
    return side


def better_auth() -> Side:
    return Side(
        "better_auth",
        "Better Auth",
        ["node", "server.mjs"],
        HERE / "peers/better-auth",
        data.signed_cookie,
        "/api/auth/get-session",
        "/api/auth/sign-up/email",
        "/api/auth/sign-in/email",
        {"NODE_ENV": "production"},
    )


def seed(python: str) -> Side:
    uvicorn = ["-m", "uvicorn", "main:app", "--host", "127.0.0.1", "--no-access-log", "--log-level", "warning"]
    return Side(
        "seed",
        "the seed",
        [python, *uvicorn, "--port", "{port}"],
        HERE / "peers/seed-fastapi",
        data.plain_cookie,
        "/api/verify",
        "/api/signup",
        "/api/signin",
    )
