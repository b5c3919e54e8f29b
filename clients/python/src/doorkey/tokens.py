"""A JSON Web Token of GET /api/auth/token, checked with Doorkey's published keys (docs/tokens.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

import httpx
import jwt
from starlette.requests import HTTPConnection

from .errors import Unauthorized
from .fetch import base
from .keys import KeySet
from .user import User

# What Doorkey's JWT_ALG may be. No MAC: its key would be ours to leak; no `none`.
ALGORITHMS = frozenset({"EdDSA", "ES256", "RS256"})
REQUIRED = ["exp", "iat", "iss", "aud", "sub"]
MOST_CHARACTERS = 8192
MOST_LEEWAY = 120


class Tokens:
    """`url` is where Doorkey is reached, `audience` its JWT_AUDIENCE, which names this back end.

    `issuer` is its JWT_ISSUER, or its PUBLIC_URL where that is not `url`. `algorithms`: its JWT_ALG; two while it is
    being changed.
    """

    challenge: str | None = "Bearer"

    def __init__(
        self,
        url: str,
        *,
        audience: str,
        issuer: str | None = None,
        algorithms: Iterable[str] = ("EdDSA",),
        leeway: float = 30,
        timeout: float = 5,
        allow_http: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
        keys: KeySet | None = None,
    ) -> None:
        self._algorithms = frozenset([algorithms] if isinstance(algorithms, str) else algorithms)
        if not self._algorithms or not self._algorithms <= ALGORITHMS:
            raise ValueError(f"algorithms are among {', '.join(sorted(ALGORITHMS))}")
        if not audience:
            raise ValueError("without an audience a token for any other back end opens this one")
        if not 0 <= leeway <= MOST_LEEWAY:
            raise ValueError(f"leeway is 0 to {MOST_LEEWAY} seconds")
        url = base(url, allow_http=allow_http)
        self._audience = audience
        self._issuer = issuer or url
        self._leeway = leeway
        self._keys = keys or KeySet(f"{url}/api/auth/jwks", self._algorithms, timeout=timeout, transport=transport)

    async def user(self, connection: HTTPConnection) -> User | None:
        token = find(connection)
        if token is None:
            return None
        claims = await self.claims(token)
        try:
            expires = datetime.fromtimestamp(claims["exp"], timezone.utc)
            return User.parse("token", claims["sub"], claims.get("email"), claims.get("name", ""), expires, claims)
        except (ValueError, OverflowError, OSError):
            raise invalid() from None

    async def claims(self, token: str) -> dict[str, Any]:
        """What a token says. Raises Unauthorized when it is not to be trusted, Unavailable without keys."""
        try:
            header = jwt.get_unverified_header(token) if len(token) <= MOST_CHARACTERS else {}
        except jwt.PyJWTError:
            raise invalid() from None
        kid = header.get("kid")
        # Before any key is looked for: junk costs no request.
        if header.get("alg") not in self._algorithms or not isinstance(kid, str):
            raise invalid()
        key = await self._keys.find(kid)
        if key is None:
            raise invalid()
        try:
            return jwt.decode(
                token,
                key,
                algorithms=sorted(self._algorithms),
                audience=self._audience,
                issuer=self._issuer,
                leeway=self._leeway,
                options={"require": REQUIRED},
            )
        except jwt.ExpiredSignatureError:
            raise invalid("The token has expired", "TOKEN_EXPIRED") from None
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            raise invalid() from None


def find(connection: HTTPConnection) -> str | None:
    """The one token of a request; two that differ are none (RFC 6750 §2: one method a request)."""
    fields = connection.headers.getlist("authorization")
    parts = [field.partition(" ") for field in fields]
    found = {token.strip() for scheme, _, token in parts if scheme.lower() == "bearer"}
    found |= set(connection.headers.getlist("x-auth-jwt"))
    if len(found) > 1:
        raise invalid()
    return found.pop() if found else None


def invalid(message: str = "The token is not to be trusted", code: str = "INVALID_TOKEN") -> Unauthorized:
    return Unauthorized(code, message, f'Bearer error="invalid_token", error_description="{message}"')
