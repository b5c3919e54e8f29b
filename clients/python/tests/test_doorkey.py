"""With Doorkey itself: the built binary, on an SQLite file of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest
import uvicorn
from fastapi import FastAPI
from world import app_with, ask, bearer, code

from doorkey import GuardHeaders, Sessions, Tokens

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests/python"))
from server import FRONTEND, Server, free_port

AUDIENCE = "https://api.example.com"


@pytest.fixture(scope="module", params=["EdDSA", "ES256", "RS256"])
def doorkey(request: pytest.FixtureRequest) -> Iterator[Any]:
    server = Server(JWT_ALG=request.param, JWT_AUDIENCE=AUDIENCE)
    server.alg = request.param
    yield server
    server.stop()


def test_tokens(doorkey: Any) -> None:
    user, cookie = doorkey.sign_up()
    token = doorkey.get("/api/auth/token", cookie)["token"]
    app = app_with(Tokens(doorkey.url, audience=AUDIENCE, algorithms=[doorkey.alg]))
    said = ask(app, bearer(token)).json()
    assert [said[name] for name in ("id", "email", "name")] == [user[name] for name in ("id", "email", "name")]
    others = [name for name in ("EdDSA", "ES256", "RS256") if name != doorkey.alg]
    for wrong in [
        Tokens(doorkey.url, audience=AUDIENCE, algorithms=others),
        Tokens(doorkey.url, audience=doorkey.url, algorithms=[doorkey.alg]),
        Tokens(doorkey.url, audience=AUDIENCE, issuer="https://evil.example", algorithms=[doorkey.alg]),
    ]:
        assert code(ask(app_with(wrong), bearer(token))) == (401, "INVALID_TOKEN")


def test_sessions(doorkey: Any) -> None:
    user, cookie = doorkey.sign_up()
    app = app_with(Sessions(doorkey.url, origins=[FRONTEND]))
    mine = [("Cookie", f"theme=dark; {cookie}"), ("Origin", FRONTEND)]
    assert ask(app, mine, method="POST").json()["id"] == user["id"]
    assert code(ask(app, [("Cookie", cookie[:-1])])) == (401, "UNAUTHORIZED")
    doorkey.call("/api/auth/sign-out", {}, cookie).close()
    assert code(ask(app, mine)) == (401, "UNAUTHORIZED")


def test_the_headers_of_verify(doorkey: Any) -> None:
    """As nginx and Caddy copy them."""
    user, cookie = doorkey.sign_up()
    with doorkey.call("/api/verify", cookie=cookie) as answer:
        said = [(name, text) for name, text in answer.headers.items() if name.lower().startswith("x-auth-")]
    assert len(said) == 5
    found = ask(app_with(GuardHeaders()), said).json()
    assert (found["id"], found["name"], found["email_verified"]) == (user["id"], "Zoë", False)


def test_without_doorkey() -> None:
    server = Server()
    _, cookie = server.sign_up()
    server.stop()
    assert code(ask(app_with(Sessions(server.url)), [("Cookie", cookie)])) == (503, "DOORKEY_UNAVAILABLE")


@contextmanager
def running(app: FastAPI, host: str) -> Iterator[int]:
    """The app as uvicorn serves it, with its trust in X-Forwarded-For as it is by default."""
    server = uvicorn.Server(uvicorn.Config(app, host=host, port=(port := free_port()), log_level="warning", ws="none"))
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        yield port
    finally:
        server.should_exit = True
        thread.join()


def test_uvicorn_tells_which_address_was_connected_to() -> None:
    said = {"X-Auth-User-Id": "5b6f", "X-Auth-Email": "a@b.example", "X-Auth-Name": "Ann"}
    said |= {"X-Auth-Session-Expires": "2099-01-01T00:00:00Z", "X-Forwarded-For": "6.6.6.6"}
    app = app_with(GuardHeaders())
    with running(app, "127.0.0.1") as port:
        request = Request(f"http://127.0.0.1:{port}/maybe", headers=said)
        assert urlopen(request, timeout=5).read() == b'"5b6f"'
