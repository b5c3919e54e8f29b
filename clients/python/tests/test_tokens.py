"""Tokens, and what only looks like one (RFC 8725)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from world import AUDIENCE, URL, Clock, Doorkey, Headers, Key, app_with, ask, ask_all, bearer, code, key_set, refuse

from doorkey import Tokens, Unavailable
from doorkey.keys import KeySet
from doorkey.tokens import ALGORITHMS


def encode(value: dict[str, Any] | bytes) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class World:
    def __init__(self, *keys: Key, **settings: Any) -> None:
        self.key = keys[0] if keys else Key("first")
        self.clock = Clock()
        self.doorkey = Doorkey(key_set(*(keys or [self.key])))
        algorithms = frozenset(settings.get("algorithms", ["EdDSA"]))
        self.keys = KeySet(
            f"{URL}/api/auth/jwks", algorithms, timeout=1, clock=self.clock, transport=self.doorkey.transport
        )
        self.app: FastAPI = app_with(Tokens(URL, audience=AUDIENCE, keys=self.keys, **settings))

    def refused(self, token: str, expected: str = "INVALID_TOKEN") -> None:
        for path in ["/me", "/maybe"]:
            answer = ask(self.app, bearer(token), path)
            assert code(answer) == (401, expected)
            assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')


def test_a_token_says_who_it_is() -> None:
    world = World()
    token = world.key.token()
    ways: list[Headers] = [bearer(token), [("X-Auth-Jwt", token)], [*bearer(token), ("x-auth-jwt", token)]]
    for headers in ways:
        said = ask(world.app, headers).json()
        assert (said["id"], said["name"], said["via"]) == ("5b6f", "Zoë", "token")
    assert [str(request.url) for request in world.doorkey.asked] == [f"{URL}/api/auth/jwks"]


def test_nobody() -> None:
    world = World()
    nothing: list[Headers] = [[], [("Authorization", "Basic YTpi")]]
    for headers in nothing:
        answer = ask(world.app, headers)
        assert code(answer) == (401, "UNAUTHORIZED")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert world.doorkey.asked == []


def test_two_tokens_are_none() -> None:
    world = World()
    one, two = world.key.token(), world.key.token(sub="mallory")
    both: list[Headers] = [[*bearer(one), *bearer(two)], [*bearer(one), ("X-Auth-Jwt", two)]]
    for headers in both:
        assert code(ask(world.app, headers)) == (401, "INVALID_TOKEN")


def test_no_algorithm_and_macs_cost_no_request() -> None:
    world = World()
    _, payload, signature = world.key.token().split(".")
    for alg in ["none", "None", "", "HS256", "ES256", "RS256", "PS256", None, 7]:
        header = encode({"alg": alg, "kid": "first", "typ": "JWT"})
        for end in ["", signature]:
            world.refused(f"{header}.{payload}.{end}")
    message = f"{encode({'alg': 'HS256', 'kid': 'first'})}.{payload}"
    raw = world.key.private.public_key().public_bytes_raw()
    world.refused(f"{message}.{encode(hmac.new(raw, message.encode(), hashlib.sha256).digest())}")
    for junk in ["", ".", "..", "a.b.c", "é", "x" * 9000, f"{encode(b'[]')}.{payload}.{signature}"]:
        world.refused(junk)
    assert world.doorkey.asked == []


def test_another_key() -> None:
    world = World()
    stranger = Key("first")
    world.refused(stranger.token())
    world.refused(stranger.token({"jwk": stranger.public()}))
    world.refused(stranger.token({"jku": "https://evil.example/jwks", "kid": "../../x"}))
    header, payload, signature = world.key.token().split(".")
    world.refused(f"{header}.{encode({'sub': 'mallory'})}.{signature}")
    world.refused(f"{header}.{payload}.")
    world.refused(world.key.token({"crit": ["exp"], "exp": 1}))
    header, payload, signature = jwt.encode({"sub": "x"}, world.key.private, "EdDSA").split(".")
    world.refused(f"{header}.{payload}.{signature}")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"},
        {"aud": URL},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": URL + "/"},
        {"iss": None},
        {"exp": None},
        {"iat": None},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"sub": None},
        {"sub": ""},
        {"email": None},
        {"email": 7},
        {"name": ["Ann"]},
        {"exp": 10**30},
    ],
)
def test_for_or_from_somebody_else(changes: dict[str, Any]) -> None:
    world = World()
    world.refused(world.key.token(**changes))


def test_clocks_differ_a_little() -> None:
    world = World()
    assert ask(world.app, bearer(world.key.token(exp=int(time.time()) - 20))).status_code == 200
    world.refused(world.key.token(exp=int(time.time()) - 40), "TOKEN_EXPIRED")


def test_another_algorithm_is_asked_for_by_name() -> None:
    key = Key("curve", ec.generate_private_key(ec.SECP256R1()), "ES256")
    world = World(key, Key("edwards"), algorithms=["ES256"])
    assert ask(world.app, bearer(key.token())).json()["id"] == "5b6f"
    # Its key is published, too, and not of the algorithm that was asked for.
    world.refused(Key("edwards").token())
    both = World(key, other := Key("edwards"), algorithms=["ES256", "EdDSA"])
    assert ask(both.app, bearer(other.token())).status_code == 200
    world.refused(key.token({"kid": "edwards"}))


def test_keys_rotate() -> None:
    world = World()
    ask(world.app, bearer(world.key.token()))
    new = Key("second")
    world.doorkey.answer = key_set(world.key, new)
    world.refused(new.token())
    assert len(world.doorkey.asked) == 1
    world.clock.at += 31
    assert ask(world.app, bearer(new.token())).status_code == 200
    assert len(world.doorkey.asked) == 2
    # One that was taken back is forgotten as soon as the keys are fetched again.
    world.doorkey.answer = key_set(new)
    world.clock.at += 301
    world.refused(world.key.token())


def test_a_flood_of_unknown_keys() -> None:
    world = World()
    stranger = Key("x")
    flood = [bearer(stranger.token({"kid": f"made-up-{number}"})) for number in range(100)]
    answers = asyncio.run(ask_all(world.app, [*flood, bearer(world.key.token())]))
    assert [answer.status_code for answer in answers] == [401] * 100 + [200]
    assert len(world.doorkey.asked) == 1
    world.clock.at += 31
    asyncio.run(ask_all(world.app, flood))
    assert len(world.doorkey.asked) == 2


def test_without_doorkey() -> None:
    world = World()
    world.doorkey.answer = refuse
    answers = asyncio.run(ask_all(world.app, [bearer(world.key.token())] * 50))
    assert {code(answer) for answer in answers} == {(503, "DOORKEY_UNAVAILABLE")}
    assert answers[0].headers["retry-after"] == "2"
    assert len(world.doorkey.asked) == 1
    world.doorkey.answer = key_set(world.key)
    world.clock.at += 3
    assert ask(world.app, bearer(world.key.token())).status_code == 200
    # Known keys outlive an outage, for an hour; of unknown ones nothing can be said.
    world.doorkey.answer = refuse
    world.clock.at += 3000
    assert ask(world.app, bearer(world.key.token())).status_code == 200
    assert ask(world.app, bearer(Key("new").token())).status_code == 503
    world.clock.at += 700
    assert ask(world.app, bearer(world.key.token())).status_code == 503


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(302, headers={"location": "https://evil.example"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"keys": {}}),
        httpx.Response(200, json={"keys": [{"kid": str(n)} for n in range(65)]}),
        httpx.Response(200, content=b" " * 300_000),
    ],
)
def test_a_key_set_that_is_none(answer: httpx.Response) -> None:
    world = World()
    world.doorkey.answer = lambda _: httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
    with pytest.raises(Unavailable):
        asyncio.run(world.keys.find("first"))


def test_keys_that_are_none_of_ours() -> None:
    world = World()
    good = world.key.public()
    bad: list[Any] = [
        7,
        {},
        {"kid": 7},
        {"kid": "mac", "kty": "oct", "k": "AAAA", "alg": "HS256"},
        {**good, "kid": "private", "d": "AAAA"},
        {**good, "kid": "enc", "use": "enc"},
        {**good, "kid": "broken", "x": "!"},
        {"kid": "es", "kty": "EC", "crv": "P-256"},
    ]
    world.doorkey.answer = lambda _: httpx.Response(200, json={"keys": [*bad, good]})

    async def found() -> list[bool]:
        kids = ["first", "mac", "private", "enc", "broken", "es"]
        return [await world.keys.find(kid) is not None for kid in kids]

    assert asyncio.run(found()) == [True, False, False, False, False, False]


def test_settings_that_make_no_sense() -> None:
    for algorithms in [[], ["none"], ["HS256"], ["EdDSA", "HS256"], "HS256"]:
        with pytest.raises(ValueError, match="algorithms"):
            Tokens(URL, audience=AUDIENCE, algorithms=algorithms)
    assert frozenset({"EdDSA", "ES256", "RS256"}) == ALGORITHMS
    for url in [
        "auth.example.com",
        "ftp://auth.example.com",
        "https://u:p@auth.example.com",
        "http://auth.example.com",
        "",
    ]:
        with pytest.raises(ValueError, match=r"address of Doorkey|another machine"):
            Tokens(url, audience=AUDIENCE)
    for url in ["http://localhost:7860", "http://127.0.0.1:7860", "http://[::1]:7860", "http://doorkey:7860/"]:
        Tokens(url, audience=AUDIENCE)
    Tokens("http://auth.example.com", audience=AUDIENCE, allow_http=True)
    with pytest.raises(ValueError, match="audience"):
        Tokens(URL, audience="")
    with pytest.raises(ValueError, match="leeway"):
        Tokens(URL, audience=AUDIENCE, leeway=3600)
