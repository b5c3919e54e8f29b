"""Sessions by asking: what is passed on, what is believed, and what happens without an answer."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server
from typing import Any

import httpx
import pytest
from world import (
    AUDIENCE,
    LOOPBACK,
    URL,
    Clock,
    Doorkey,
    Headers,
    app_with,
    ask,
    ask_all,
    bearer,
    code,
    open_socket,
    refuse,
)

from doorkey import Sessions, Tokens

COOKIE = "better-auth.session_token"
MINE: Headers = [("Cookie", f"{COOKIE}=abc.sig")]
BODY = {
    "session": {"expiresAt": "2030-01-01T00:00:00.000Z"},
    "user": {"id": "5b6f", "email": "ann@example.com", "name": "Zoë", "emailVerified": True},
}


def somebody(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=BODY)


def nobody(_: httpx.Request) -> httpx.Response:
    return httpx.Response(401, json={"code": "UNAUTHORIZED", "message": "Unauthorized"})


class World:
    def __init__(self, **settings: Any) -> None:
        self.doorkey = Doorkey(somebody)
        self.clock = Clock()
        self.app = app_with(Sessions(URL, transport=self.doorkey.transport, clock=self.clock, **settings))


def test_who_it_is() -> None:
    world = World()
    said = ask(world.app, MINE).json()
    assert (said["id"], said["name"], said["via"]) == ("5b6f", "Zoë", "session")
    assert ask(world.app, MINE, "/maybe").json() == "5b6f"
    assert str(world.doorkey.asked[0].url) == f"{URL}/api/verify"


def test_signed_out() -> None:
    world = World()
    world.doorkey.answer = nobody
    assert code(ask(world.app, MINE)) == (401, "UNAUTHORIZED")
    assert ask(world.app, MINE, "/maybe").json() is None


def test_without_a_cookie_nothing_is_asked() -> None:
    world = World()
    others: list[Headers] = [
        [],
        [("Cookie", "theme=dark")],
        [("Cookie", f"x{COOKIE}=a")],
        [("Cookie", f"{COOKIE}={'x' * 9000}")],
    ]
    for headers in others:
        assert code(ask(world.app, headers)) == (401, "UNAUTHORIZED")
    assert world.doorkey.asked == []


def test_only_doorkeys_cookies_are_passed_on() -> None:
    world = World()
    headers: Headers = [
        ("Cookie", f"theme=dark; {COOKIE}=a.b; app=secret"),
        ("Cookie", f"name=Zo\xeb;__Secure-{COOKIE}=c.d;{COOKIE}=e.f".encode("latin-1")),
        ("Authorization", "Bearer x"),
        ("X-Forwarded-For", "6.6.6.6"),
        ("X-Auth-User-Id", "mallory"),
    ]
    ask(world.app, headers)
    sent = world.doorkey.asked[0].headers
    assert sent["cookie"] == f"{COOKIE}=a.b; __Secure-{COOKIE}=c.d; {COOKIE}=e.f"
    assert set(sent) <= {"host", "accept", "accept-encoding", "connection", "user-agent", "cookie"}


@pytest.mark.parametrize(
    "answer",
    [
        refuse,
        lambda _: httpx.Response(500),
        lambda _: httpx.Response(403),
        lambda _: httpx.Response(429),
        lambda _: httpx.Response(302, headers={"location": "https://evil.example"}),
        lambda _: httpx.Response(204),
        lambda _: httpx.Response(200, text="null"),
        lambda _: httpx.Response(200, text="<html>welcome</html>"),
        lambda _: httpx.Response(200, json={**BODY, "user": None}),
        lambda _: httpx.Response(200, json={**BODY, "session": {}}),
        lambda _: httpx.Response(200, json={**BODY, "user": {"id": "", "email": "a@b", "name": ""}}),
        lambda _: httpx.Response(200, content=b" " * 300_000),
    ],
)
def test_no_answer_lets_nobody_in(answer: Any) -> None:
    world = World(cache_seconds=60)
    world.doorkey.answer = answer
    for path in ["/me", "/maybe"]:
        assert code(ask(world.app, MINE, path)) == (503, "DOORKEY_UNAVAILABLE")


@contextmanager
def drip() -> Iterator[int]:
    """A server that answers a byte at a time, for ever."""
    stop = threading.Event()
    with create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
                while not stop.wait(0.05):
                    connection.sendall(b" ")

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join()


def test_a_deadline_for_all_of_it() -> None:
    with drip() as port:
        began = time.monotonic()
        answer = ask(app_with(Sessions(f"http://127.0.0.1:{port}", timeout=0.3)), MINE)
    assert code(answer) == (503, "DOORKEY_UNAVAILABLE")
    assert time.monotonic() - began < 2


def test_every_request_asks_unless_told_otherwise() -> None:
    world = World()
    asyncio.run(ask_all(world.app, [MINE] * 3))
    assert len(world.doorkey.asked) == 3
    world.doorkey.answer = nobody
    assert ask(world.app, MINE).status_code == 401


def test_answers_may_be_kept_a_little() -> None:
    world = World(cache_seconds=5, cache_entries=2)
    for _ in range(3):
        ask(world.app, MINE)
    assert len(world.doorkey.asked) == 1
    world.doorkey.answer = nobody
    world.clock.at += 4
    assert ask(world.app, MINE).status_code == 200
    world.clock.at += 1
    assert ask(world.app, MINE).status_code == 401
    # A refusal is not kept, and no more entries are than were asked for.
    assert ask(world.app, MINE).status_code == 401
    assert len(world.doorkey.asked) == 3
    world.doorkey.answer = somebody
    for number in [1, 2, 3, 3, 2, 1]:
        ask(world.app, [("Cookie", f"{COOKIE}={number}")])
    assert len(world.doorkey.asked) == 3 + 4


def test_a_kept_answer_ends_with_the_session() -> None:
    world = World(cache_seconds=60)
    world.clock.at = 1893456000 - 10  # ten seconds before BODY's end
    ask(world.app, MINE)
    world.clock.at += 11
    ask(world.app, MINE)
    assert len(world.doorkey.asked) == 2


@pytest.mark.parametrize(
    ("origin", "good"),
    [
        ("http://127.0.0.1:8000", True),
        ("https://127.0.0.1:8000", True),
        ("https://app.example.com", True),
        ("https://app.example.com.evil.example", False),
        ("http://app.example.com", False),
        ("http://127.0.0.1", False),
        ("null", False),
        ("", False),
        (None, False),
    ],
)
def test_pages_elsewhere_change_nothing(origin: str | None, good: bool) -> None:
    world = World(origins=["https://app.example.com"])
    headers: Headers = [*MINE, ("Origin", origin)] if origin is not None else MINE
    answer = ask(world.app, headers, method="POST")
    assert answer.status_code == 200 if good else code(answer) == (403, "INVALID_ORIGIN")
    assert ask(world.app, headers).status_code == 200
    raw = [(b"cookie", f"{COOKIE}=a".encode()), (b"host", b"127.0.0.1:8000")]
    raw += [(b"origin", origin.encode())] if origin is not None else []
    sent = asyncio.run(open_socket(world.app, raw))
    assert sent[0]["type"] == ("websocket.accept" if good else "websocket.http.response.start")


def test_the_first_way_that_knows_decides() -> None:
    world = World()
    tokens = Doorkey(refuse)
    sessions = Sessions(URL, transport=world.doorkey.transport)
    app = app_with(Tokens(URL, audience=AUDIENCE, transport=tokens.transport), sessions)
    assert ask(app, MINE).json()["via"] == "session"
    # A token that is not to be trusted is not made good by a cookie.
    assert code(ask(app, [*MINE, *bearer("junk")])) == (401, "INVALID_TOKEN")
    assert ask(app, at=LOOPBACK).headers["www-authenticate"] == "Bearer"


def test_settings_that_make_no_sense() -> None:
    for settings in [{"cache_seconds": 61}, {"cache_seconds": -1}, {"cache_entries": 0}]:
        with pytest.raises(ValueError, match="cache"):
            Sessions(URL, **settings)  # type: ignore[arg-type]
