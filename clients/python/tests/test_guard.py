"""Identity headers: who may say them, and what they may say."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timezone

import pytest
from world import LOOPBACK, Headers, app_with, ask, code, open_socket

from doorkey import GuardHeaders

ID = "0b9f4b2e-3c54-4c8e-9d0a-6f9d5e1c2a3b"
ENDS = "2030-01-02T03:04:05.678Z"


def identity(**changes: str | bytes | None) -> Headers:
    said: dict[str, str | bytes | None] = {"user_id": ID, "email": "ann@example.com", "name": "Zo%C3%AB 100%25"}
    said = {**said, "email_verified": "true", "session_expires": ENDS, **changes}
    return [(f"X-Auth-{name.replace('_', '-').title()}", text) for name, text in said.items() if text is not None]


def test_the_guard_says_who_it_is() -> None:
    answer = ask(app_with(GuardHeaders()), identity())
    assert answer.status_code == 200
    assert answer.json() == {
        "id": ID,
        "email": "ann@example.com",
        "email_verified": True,
        "name": "Zoë 100%",
        "via": "guard",
        "expires": "2030-01-02T03:04:05.678000+00:00",
    }


@pytest.mark.parametrize(("text", "told"), [("true", True), ("false", False), (None, None)])
def test_whether_the_address_is_theirs(text: str | None, told: bool | None) -> None:
    assert ask(app_with(GuardHeaders()), identity(email_verified=text)).json()["email_verified"] is told


def test_nobody() -> None:
    app = app_with(GuardHeaders())
    answer = ask(app)
    assert code(answer) == (401, "UNAUTHORIZED")
    assert answer.headers["cache-control"] == "no-store"
    assert "www-authenticate" not in answer.headers
    assert ask(app, path="/maybe").json() is None


@pytest.mark.parametrize(
    "at", ["http://0.0.0.0:8000", "http://10.0.0.7:8000", "http://app.example.com", "http://[::]:8000"]
)
def test_forged_where_others_can_connect(at: str, caplog: pytest.LogCaptureFixture) -> None:
    app = app_with(GuardHeaders())
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert code(ask(app, identity(), at=at)) == (401, "UNAUTHORIZED")
            assert ask(app, identity(), "/maybe", at).json() is None
    assert caplog.text.count("not loopback") == 1
    assert ID not in caplog.text
    assert ask(app_with(GuardHeaders("by-the-guard-alone")), identity(), at=at).json()["id"] == ID


@pytest.mark.parametrize("at", [LOOPBACK, "http://127.8.9.1:1", "http://[::1]:8000", "http://[::ffff:127.0.0.1]:8000"])
def test_loopback_in_every_spelling(at: str) -> None:
    assert ask(app_with(GuardHeaders()), identity(), at=at).status_code == 200


def test_other_spellings_say_nothing() -> None:
    app = app_with(GuardHeaders())
    for change in ["_", ""]:
        headers: Headers = [(name.replace("-", change), text) for name, text in identity()]
        assert code(ask(app, headers)) == (401, "UNAUTHORIZED")
        other: Headers = [(name, "mallory") for name, _ in headers]
        assert ask(app, [*other, *identity()]).json()["id"] == ID


def test_twice_is_not_the_guards() -> None:
    app = app_with(GuardHeaders())
    for name, _ in identity():
        assert code(ask(app, [*identity(), (name.lower(), "mallory")])) == (401, "INVALID_IDENTITY")


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": None},
        {"email": None},
        {"name": None},
        {"session_expires": None},
        {"user_id": ""},
        {"user_id": "two words"},
        {"user_id": "x" * 129},
        {"user_id": "a%0Ab\n"},
        {"email": ""},
        {"email_verified": ""},
        {"email_verified": "True"},
        {"email_verified": "1"},
        {"user_id": None, "email": None, "name": None, "session_expires": None},
        {"email": "ann@example.com%0D%0ABcc:%20all@example.com"},
        {"email": b"ann@\xffexample.com%ff"},
        {"name": "%C3"},
        {"name": "%FF%FE"},
        {"session_expires": ""},
        {"session_expires": "tomorrow"},
        {"session_expires": "2030-01-02T03:04:05"},
        {"session_expires": "9" * 99},
    ],
)
def test_garbled(changes: dict[str, str | bytes | None]) -> None:
    app = app_with(GuardHeaders())
    for path in ["/me", "/maybe"]:
        assert code(ask(app, identity(**changes), path)) == (401, "INVALID_IDENTITY")


def test_a_name_breaks_no_line() -> None:
    name = ask(app_with(GuardHeaders()), identity(name="Ann%0D%0ASet-Cookie:%20a=b%00%E2%80%A8%C2%85")).json()["name"]
    assert name == "Ann  Set-Cookie: a=b   "


def test_a_session_that_is_over() -> None:
    app = app_with(GuardHeaders(clock=lambda: datetime(2030, 1, 2, 3, 4, 6, tzinfo=timezone.utc)))
    assert code(ask(app, identity())) == (401, "UNAUTHORIZED")
    assert ask(app, identity(), "/maybe").json() is None


def test_web_sockets() -> None:
    app = app_with(GuardHeaders())
    known = [(name.lower().encode(), str(text).encode()) for name, text in identity()]
    sent = asyncio.run(open_socket(app, known))
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert sent[1]["text"] == ID
    refused = asyncio.run(open_socket(app, []))
    assert (refused[0]["type"], refused[0]["status"]) == ("websocket.http.response.start", 401)


def test_settings_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="reachable"):
        GuardHeaders("everywhere")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="install"):
        app_with()
