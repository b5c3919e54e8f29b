"""What the tests share: an app, requests to it as a guard or a browser makes them, and keys that sign."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, WebSocket

from doorkey import CurrentUser, OptionalUser, Sessions, Way, install

URL = "https://auth.example.com"
AUDIENCE = "https://api.example.com"
LOOPBACK = "http://127.0.0.1:8000"
Headers = Sequence[tuple[str, str | bytes]]


def app_with(*ways: Way) -> FastAPI:
    app = FastAPI()
    install(app, *ways)

    @app.api_route("/me", methods=["GET", "POST"])
    async def me(user: CurrentUser) -> dict[str, Any]:
        expires = user.expires.isoformat() if user.expires else None
        told = {"id": user.id, "email": user.email, "name": user.name, "via": user.via, "expires": expires}
        return {**told, "email_verified": user.email_verified}

    @app.get("/maybe")
    async def maybe(user: OptionalUser) -> str | None:
        return user.id if user else None

    @app.websocket("/socket")
    async def socket(socket: WebSocket, user: CurrentUser) -> None:
        await socket.accept()
        await socket.send_text(user.id)
        await socket.close()

    return app


def ask(
    app: FastAPI, headers: Headers | None = None, path: str = "/me", at: str = LOOPBACK, method: str = "GET"
) -> Any:
    """The answer to one request that came in on the address `at`."""
    return asyncio.run(ask_all(app, [headers or []], path, at, method))[0]


async def ask_all(
    app: FastAPI, requests: list[Headers], path: str = "/me", at: str = LOOPBACK, method: str = "GET"
) -> list[httpx.Response]:
    """All at once, in one event loop."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=at) as client:
        calls = (client.request(method, path, headers=[raw(field) for field in headers]) for headers in requests)
        answers = await asyncio.gather(*calls)
    for way in app.state.doorkey:
        if isinstance(way, Sessions):
            await way.aclose()
    return list(answers)


def raw(field: tuple[str, str | bytes]) -> tuple[bytes, bytes]:
    name, text = field
    return name.encode(), text.encode() if isinstance(text, str) else text


async def open_socket(app: FastAPI, headers: list[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    """What the app sends to a web socket's handshake."""
    sent: list[dict[str, Any]] = []
    events = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}])

    async def receive() -> Any:
        return next(events)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/socket",
        "query_string": b"",
        "headers": headers,
        "server": ("127.0.0.1", 8000),
        "extensions": {"websocket.http.response": {}},
    }
    await app(scope, receive, send)
    return sent


@dataclass
class Key:
    """A signing key and its public half as the key set has it."""

    kid: str
    private: Any = field(default_factory=Ed25519PrivateKey.generate)
    alg: str = "EdDSA"

    def public(self) -> dict[str, Any]:
        jwk = jwt.get_algorithm_by_name(self.alg).to_jwk(self.private.public_key(), as_dict=True)
        return {**jwk, "kid": self.kid, "alg": self.alg}

    def token(self, headers: dict[str, Any] | None = None, **changes: Any) -> str:
        claims = {
            "sub": "5b6f",
            "id": "5b6f",
            "email": "ann@example.com",
            "name": "Zoë",
            "emailVerified": True,
            "iss": URL,
            "aud": AUDIENCE,
            "iat": int(time.time()),
            "exp": int(time.time()) + 900,
        }
        claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(claims, self.private, self.alg, {"kid": self.kid, **(headers or {})})


class Doorkey:
    """A stand-in that counts what it is asked. `answer` is changed as a test goes on."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.answer = answer
        self.asked: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._handle)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        await asyncio.sleep(0)
        return self.answer(request)


def key_set(*keys: Key) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, json={"keys": [key.public() for key in keys]})


def refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


class Clock:
    def __init__(self, at: float = 1_000_000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def bearer(token: str) -> Headers:
    return [("Authorization", f"Bearer {token}")]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.text)["code"]
