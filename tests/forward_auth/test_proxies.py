"""examples/nginx and examples/caddy as they are, but for ports, between Doorkey and a back end. Run by
scripts/forward-auth, which finds the programs."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from world import PIECES, BackEnd, Wire

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
from server import ROOT, Server, free_port  # noqa: E402 (it is found only now)

IDENTITY = ["x-auth-user-id", "x-auth-email", "x-auth-email-verified", "x-auth-name", "x-auth-session-expires"]
ADDRESSES = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded"]
PAGE = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Mode": "navigate"}
SOCKET = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


class Site:
    """Doorkey, a proxy and a back end; each class at the end is a proxy."""

    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.site = f"http://localhost:{cls.port}"
        cls.back_end = BackEnd()
        cls.addClassCleanup(cls.back_end.stop)
        cls.doorkey = Server(FRONTEND_URL=cls.site, TRUSTED_PROXIES="127.0.0.1", ARGON2_M_KIB="64", RATE_LIMIT="off")
        cls.addClassCleanup(cls.doorkey.stop)
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        log = Path(os.environ.get("DOORKEY_E2E_LOGS", cls.folder)) / f"{cls.__name__}.log"
        with open(log, "w") as output:
            command, settings = cls.start(urlsplit(cls.doorkey.url).port, cls.back_end.server_port)
            cls.proxy = subprocess.Popen(command, env={**os.environ, **settings}, stdout=output, stderr=output)
        cls.addClassCleanup(cls.end)
        cls.wait(log)

    @classmethod
    def wait(cls, log):
        deadline = time.monotonic() + 10
        while True:
            try:
                with cls.call("/api/auth/ok"):
                    return
            except OSError:
                if cls.proxy.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(log.read_text()) from None
                time.sleep(0.02)

    @classmethod
    def end(cls):
        cls.proxy.terminate()
        cls.proxy.wait(10)

    @classmethod
    def call(cls, path, headers=(), method="GET", body=None, cookie=""):
        """`headers` may be pairs, for what a client may not say twice."""
        pairs = list(headers.items() if isinstance(headers, dict) else headers)
        if cookie:
            pairs.append(("Cookie", cookie))
        if body is not None:
            pairs.append(("Content-Length", len(body)))
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: localhost:{cls.port}",
            *(f"{name}: {text}" for name, text in pairs),
        ]
        return Wire(cls.port, "\r\n".join([*lines, "", ""]), body or b"")

    def sign_up(self):
        own = {"Origin": self.site, "Content-Type": "application/json"}
        email = f"ann.{time.monotonic_ns()}@example.com"
        body = json.dumps({"name": "Zoë 100%", "email": email, "password": "correct-horse-battery"}).encode()
        with self.call("/api/auth/sign-up/email", own, "POST", body) as answer:
            self.assertEqual(answer.status, 200)
            return answer.json()["user"], answer.headers["set-cookie"].split(";")[0]

    def setUp(self):
        self.back_end.reached.clear()

    def said(self, *call, **settings):
        """What the back end saw, and its headers by name."""
        with self.call(*call, **settings) as answer:
            self.assertEqual(answer.status, 200)
            seen = answer.json()
        return seen, dict(map(tuple, seen["headers"]))

    def unreached(self, status, *call, **settings):
        with self.call(*call, **settings) as answer:
            self.assertEqual(answer.status, status, call)
            self.assertEqual(self.back_end.reached, [])
            answer.text = answer.body().decode()
            return answer


class Cases(Site):
    def test_signed_out(self):
        for headers, method in [
            ({}, "GET"),
            ({"Accept": "text/html", "Sec-Fetch-Mode": "cors"}, "GET"),
            (PAGE, "POST"),
        ]:
            answer = self.unreached(401, "/orders?page=2", headers, method)
            self.assertEqual(json.loads(answer.text)["code"], "UNAUTHORIZED")
            self.assertEqual(answer.headers["cache-control"], "no-store")
        for cookie in ["better-auth.session_token=made.up", "theme=dark"]:
            self.unreached(401, "/orders", cookie=cookie)
        self.unreached(401, "/orders", SOCKET)

    def test_a_page_leads_to_the_sign_in(self):
        pages = {
            "/": "/",
            "/orders": "/orders",
            "/orders/7?page=2": "/orders/7?page=2",
            "/orders?a=1&callbackURL=//evil.example": "/",
            "//evil.example": "/",
            "/%5Cevil.example": "/",
            "/\\evil.example": "/",
            "/a%0d%0aSet-Cookie:x=y": "/",
            "/a%26b": "/",
            "/.//evil.example": "/.//evil.example",
        }
        for headers in [PAGE, {"Accept": "text/html"}]:
            for page, back in pages.items():
                answer = self.unreached(303, page, headers)
                target = urlsplit(answer.headers["location"])
                self.assertEqual((target.netloc, target.path), ("", "/sign-in"))
                self.assertEqual(parse_qs(target.query), {"callbackURL": [back]}, page)
                self.assertNotIn("set-cookie", answer.headers)

    def test_the_sign_in_page_is_for_everybody(self):
        forged = [(name, "mallory") for name in [*IDENTITY, "X-Auth-Jwt", "X_Auth_User_Id"]]
        for path in ["/sign-in?callbackURL=/orders", "/public/style.css"]:
            seen, headers = self.said(path, [*PAGE.items(), *forged])
            self.assertEqual(seen["path"], path)
            self.assertFalse([name for name in headers if "auth" in name])
        for path in ["/sign-in/x", "/public", "/public/../orders", "/public/%2e%2e/orders", "/publicity"]:
            with self.call(path) as answer:
                self.assertNotEqual(answer.status, 200, path)
        self.assertNotIn("/orders", [path for _, path in self.back_end.reached[2:]])

    def test_signed_in(self):
        user, cookie = self.sign_up()
        seen, headers = self.said("/orders?page=2", {"X-Forwarded-For": "6.6.6.6"}, cookie=cookie)
        self.assertEqual(seen["path"], "/orders?page=2")
        told = [user["id"], user["email"], "false", "Zo%C3%AB 100%25"]
        self.assertEqual([headers[name] for name in IDENTITY[:4]], told)
        self.assertRegex(headers["x-auth-session-expires"], r"^\d{4}-\d\d-\d\dT[\d:.]+Z$")
        self.assertEqual(headers["host"], f"localhost:{self.port}")
        self.assertNotIn("6.6.6.6", headers["x-forwarded-for"])

    def test_the_app_gets_its_own_cookies_alone(self):
        _, mine = self.sign_up()
        ours = [mine, "__Secure-better-auth.session_token=a.b", "better-auth.session_data=x", "doorkey.known_device=y"]
        for cookies in [
            ["theme=dark", *ours, "app=1"],
            [*ours, "theme=dark", "app=1"],
            ["theme=dark", "app=1", *ours],
            [mine, "theme=dark", ours[1], "app=1", ours[2]],
        ]:
            for between in ["; ", ";"]:
                _, headers = self.said("/", cookie=between.join(cookies))
                left = [cookie.strip() for cookie in headers["cookie"].split(";") if cookie.strip()]
                self.assertEqual(left, ["theme=dark", "app=1"])
        # Four runs of them, and two fields.
        _, headers = self.said("/", cookie="; ".join([mine, "a=1", ours[1], "b=2", ours[2], "c=3", ours[3]]))
        self.assertNotRegex(headers.get("cookie", ""), "better-auth|doorkey")
        seen, _ = self.said("/", [("Cookie", "theme=dark"), ("Cookie", mine)])
        self.assertEqual(
            [text.strip("; ") for name, text in seen["headers"] if name == "cookie" and text], ["theme=dark"]
        )
        _, headers = self.said("/", cookie=f"{mine}; not-better-auth.session=1; xdoorkey.y=2")
        self.assertEqual(headers["cookie"].strip("; "), "not-better-auth.session=1; xdoorkey.y=2")

    def test_forged_headers(self):
        user, cookie = self.sign_up()
        for spell in [
            str,
            str.upper,
            str.title,
            lambda name: name.replace("-", "_"),
            lambda name: name.replace("-", "_", 1),
        ]:
            forged = [(spell(name), "mallory") for name in [*IDENTITY, "x-auth-jwt", *ADDRESSES]]
            for name, _ in forged:
                self.unreached(401, "/", [*forged, ("Connection", f"close, {name}")])
            seen, headers = self.said("/", forged, cookie=cookie)
            self.assertNotIn("mallory", json.dumps(seen))
            self.assertEqual(headers["x-auth-user-id"], user["id"])
            self.assertEqual(sorted(name for name in headers if "auth" in name), sorted(IDENTITY))
            self.back_end.reached.clear()

    def test_foreign_pages(self):
        _, cookie = self.sign_up()
        self.back_end.reached.clear()
        for origin in ["https://evil.example", self.site + ".evil.example", self.site[:-1], "null", "", None]:
            headers = {} if origin is None else {"Origin": origin}
            self.unreached(403, "/orders", headers, "POST", b"", cookie)
            self.unreached(403, "/socket", {**headers, **SOCKET}, cookie=cookie)
        seen, _ = self.said("/orders", {"Origin": self.site}, "POST", b"tea", cookie)
        self.assertEqual(seen["body"], "tea")

    def test_a_stream_streams(self):
        _, cookie = self.sign_up()
        with self.call("/stream", cookie=cookie) as answer:
            self.assertEqual(answer.status, 200)
            for piece in PIECES:
                # It has come through although the back end waits, and sends the next one only after this.
                self.assertEqual(answer.read(len(piece)), piece)
                self.back_end.go_on.release()

    def test_a_web_socket(self):
        _, cookie = self.sign_up()
        with self.call("/socket", {**SOCKET, "Origin": self.site}, cookie=cookie) as answer:
            self.assertEqual((answer.status, answer.headers["upgrade"]), (101, "websocket"))
            answer.socket.sendall(b"tea!")
            self.assertEqual(answer.read(4), b"tea!")

    def test_no_other_protocol(self):
        """A back end that switches to h2c would take requests, with forged headers, that nobody looks at."""
        _, cookie = self.sign_up()
        for protocol in ["h2c", "h2c, websocket", "websocket, h2c", "TLS/1.0"]:
            upgrade = {
                "Upgrade": protocol,
                "Connection": "Upgrade, HTTP2-Settings",
                "HTTP2-Settings": "AAMAAABkAARAAAAA",
            }
            _, headers = self.said("/", {**upgrade, "Origin": self.site}, cookie=cookie)
            self.assertNotIn("upgrade", headers)
            self.assertNotRegex(headers.get("connection", ""), "(?i)upgrade|settings")
            _, headers = self.said("/sign-in", upgrade)
            self.assertNotIn("upgrade", headers)

    def test_signed_out_again(self):
        _, cookie = self.sign_up()
        self.said("/orders", cookie=cookie)
        own = {"Origin": self.site, "Content-Type": "application/json"}
        with self.call("/api/auth/sign-out", own, "POST", b"{}", cookie) as answer:
            self.assertEqual(answer.status, 200)
        self.back_end.reached.clear()
        self.unreached(401, "/orders", cookie=cookie)
        self.unreached(303, "/orders", PAGE, cookie=cookie)

    def test_doorkeys_own_paths_are_not_reached_past_it(self):
        for path in ["/doorkey", "/api/verify", "/health?deep=1"]:
            self.assertIn(self.unreached(401 if path != "/doorkey" else self.internal, path).status, (401, 404))


class Outage(Site):
    def test_without_doorkey(self):
        _, cookie = self.sign_up()
        self.doorkey.process.terminate()
        self.doorkey.process.wait(10)
        for headers in [{}, PAGE]:
            self.unreached(self.unavailable, "/orders", headers, cookie=cookie)
            self.unreached(self.unavailable, "/orders", headers)


class Nginx:
    internal = 404
    unavailable = 503

    @classmethod
    def start(cls, doorkey, app):
        for name in ["nginx.conf", "doorkey.conf"]:
            text = (ROOT / "examples/nginx" / name).read_text()
            for old, new in [
                ("127.0.0.1:7860", f"127.0.0.1:{doorkey}"),
                ("127.0.0.1:8000", f"127.0.0.1:{app}"),
                ("listen 8080;", f"listen 127.0.0.1:{cls.port};"),
                ("/tmp/doorkey-nginx", f"{cls.folder}/nginx"),
            ]:
                text = text.replace(old, new)
            (cls.folder / name).write_text(text)
        return [os.environ["DOORKEY_NGINX"], "-p", cls.folder, "-c", "nginx.conf"], {}


class Caddy:
    internal = 401
    unavailable = 502

    @classmethod
    def start(cls, doorkey, app):
        home = {"XDG_DATA_HOME": str(cls.folder), "XDG_CONFIG_HOME": str(cls.folder)}
        settings = {"SITE": cls.site, "DOORKEY": f"127.0.0.1:{doorkey}", "APP": f"127.0.0.1:{app}", **home}
        return [os.environ["DOORKEY_CADDY"], "run", "--config", ROOT / "examples/caddy/Caddyfile"], settings


class BehindNginx(Nginx, Cases, unittest.TestCase):
    pass


class BehindCaddy(Caddy, Cases, unittest.TestCase):
    pass


class NginxAlone(Nginx, Outage, unittest.TestCase):
    pass


class CaddyAlone(Caddy, Outage, unittest.TestCase):
    pass


if __name__ == "__main__":
    unittest.main()
