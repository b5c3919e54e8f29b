"""A session's cookie, by asking Doorkey's /api/verify: the only way that knows at once of a sign-out.

It is for apps that browsers reach under the host that has the cookie, without the guard. Only Doorkey's own cookies
are passed on. Without an answer nobody is let in.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

import httpx
from starlette.requests import HTTPConnection

from .errors import Forbidden, Unavailable
from .fetch import PerLoop, base, get, new_client
from .user import User, moment

COOKIES = ("better-auth.session_token", "__Secure-better-auth.session_token")
MOST_COOKIE_BYTES = 8192
MOST_CACHE_SECONDS = 60
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Sessions:
    """`origins`: pages on other origins that may change something with their visitors' cookies.

    `cache_seconds`: how long an answer may be used again. That long a session that was ended still opens the app, so
    it is off unless it is asked for.
    """

    challenge: str | None = None

    def __init__(
        self,
        url: str,
        *,
        origins: Iterable[str] = (),
        cookies: Iterable[str] = COOKIES,
        timeout: float = 2,
        cache_seconds: float = 0,
        cache_entries: int = 1024,
        allow_http: bool = False,
        clock: Callable[[], float] = time.time,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if not 0 <= cache_seconds <= MOST_CACHE_SECONDS or cache_entries < 1:
            raise ValueError(f"cache_seconds is 0 to {MOST_CACHE_SECONDS}, cache_entries at least 1")
        self._url = base(url, allow_http=allow_http) + "/api/verify"
        self._origins = frozenset([origins] if isinstance(origins, str) else origins)
        self._names = frozenset(cookies)
        self._timeout = timeout
        self._cache_seconds = cache_seconds
        self._cache_entries = cache_entries
        self._clock = clock
        self._clients = PerLoop(lambda: new_client(transport))
        # By the cookies' SHA-256, since a dump of the process is no place for them; the oldest first.
        self._cache: OrderedDict[bytes, tuple[float, User]] = OrderedDict()

    async def user(self, connection: HTTPConnection) -> User | None:
        cookies = self._cookies(connection)
        if not cookies or len(cookies) > MOST_COOKIE_BYTES:
            return None
        if not self._is_ours(connection):
            raise Forbidden("INVALID_ORIGIN", "This page may not do that")
        key = hashlib.sha256(cookies).digest()
        user = self._remembered(key)
        if user is None:
            user = await self._ask(cookies)
            self._remember(key, user)
        return user

    async def aclose(self) -> None:
        """Closes the connections to Doorkey; they are opened again when they are needed."""
        client = self._clients.pop()
        if client is not None:
            await client.aclose()

    def _cookies(self, connection: HTTPConnection) -> bytes:
        """All of our names, doubles as well: it is for Doorkey to judge them. HTTP/2 splits the field."""
        pairs = (pair.strip() for field in connection.headers.getlist("cookie") for pair in field.split(";"))
        return "; ".join(pair for pair in pairs if pair.partition("=")[0] in self._names).encode("latin-1")

    def _is_ours(self, connection: HTTPConnection) -> bool:
        """Browsers send cookies along with what foreign pages ask for, and to web sockets whatever SameSite says."""
        if connection.scope["type"] == "http" and connection.scope["method"] in SAFE:
            return True
        origins = connection.headers.getlist("origin")
        if len(origins) != 1:
            return False
        host = connection.headers.get("host", "")
        # The scheme is not compared: behind a proxy that ends TLS it is not known.
        return origins[0] in self._origins or (host != "" and origins[0].partition("://")[2] == host)

    async def _ask(self, cookies: bytes) -> User | None:
        answer = await get(self._clients.get(), self._url, [(b"cookie", cookies)], self._timeout)
        if answer.status_code == 401:
            return None
        if answer.status_code != 200:
            raise Unavailable
        try:
            body = answer.json()
            user, expires = body["user"], moment(body["session"]["expiresAt"])
            return User.parse("session", user["id"], user["email"], user["name"], expires, user)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unavailable from None

    def _remembered(self, key: bytes) -> User | None:
        until, user = self._cache.get(key, (0.0, None))
        if user is None or self._clock() >= until:
            self._cache.pop(key, None)
            return None
        return user

    def _remember(self, key: bytes, user: User | None) -> None:
        if user is None or user.expires is None or not self._cache_seconds:
            return
        until = min(self._clock() + self._cache_seconds, user.expires.timestamp())
        self._cache[key] = (until, user)
        if len(self._cache) > self._cache_entries:
            self._cache.popitem(last=False)
