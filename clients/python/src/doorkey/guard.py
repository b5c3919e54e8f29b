"""The identity headers of Doorkey's guard, or of nginx or Caddy that asked /api/verify.

They are believed only where nobody else can have written them: on connections to a loopback address. An app that
listens on 0.0.0.0 by mistake answers 401, and its log says why.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Literal
from urllib.parse import unquote

from starlette.requests import HTTPConnection

from .errors import Unauthorized
from .user import User, moment

log = logging.getLogger("doorkey")

NAMES = ("x-auth-user-id", "x-auth-email", "x-auth-name", "x-auth-session-expires")
# Not told by a Doorkey or a proxy's configuration from before it was.
VERIFIED = "x-auth-email-verified"


def now() -> datetime:
    return datetime.now(timezone.utc)


class GuardHeaders:
    """`reachable="loopback"`: only the machine itself, and so the guard, can connect to the app.

    `reachable="by-the-guard-alone"`: it is elsewhere, and a network that lets nobody but the guard connect is the
    operator's promise: anybody else who can is whoever they say they are.
    """

    challenge: str | None = None

    def __init__(
        self,
        reachable: Literal["loopback", "by-the-guard-alone"] = "loopback",
        *,
        clock: Callable[[], datetime] = now,
    ) -> None:
        if reachable not in ("loopback", "by-the-guard-alone"):
            raise ValueError("reachable is 'loopback' or 'by-the-guard-alone'")
        self._anywhere = reachable == "by-the-guard-alone"
        self._clock = clock
        self._warned = False

    async def user(self, connection: HTTPConnection) -> User | None:
        values = [connection.headers.getlist(name) for name in NAMES]
        verified = connection.headers.getlist(VERIFIED)
        if not any(values) and not verified:
            return None
        if not self._anywhere and not is_local(connection):
            self._warn()
            return None
        # The guard says each once. Twice is somebody who writes beside it.
        if any(len(value) != 1 for value in values) or len(verified) > 1:
            raise Unauthorized("INVALID_IDENTITY", "The identity headers are not the guard's")
        user_id, email, name, expires = (value[0] for value in values)
        try:
            told = switch(verified[0]) if verified else None
            user = User.parse("guard", user_id, decode(email), decode(name), moment(expires), email_verified=told)
        except ValueError:
            raise Unauthorized("INVALID_IDENTITY", "The identity headers are not the guard's") from None
        if user.expires is None or user.expires <= self._clock():
            return None
        return user

    def _warn(self) -> None:
        if not self._warned:
            self._warned = True
            log.error("identity headers came in on an address that is not loopback: let the app listen on 127.0.0.1")


def decode(text: str) -> str:
    """Percent-encoded UTF-8. Raises ValueError (UnicodeDecodeError) where it is not."""
    return unquote(text, errors="strict")


def switch(text: str) -> bool:
    """Raises ValueError where it is neither true nor false."""
    if text not in ("true", "false"):
        raise ValueError("switch")
    return text == "true"


def is_local(connection: HTTPConnection) -> bool:
    """Whether the connection was made to a loopback address, or to a Unix socket (ASGI: its path and no port).

    It asks for the server's end: the client's is rewritten from X-Forwarded-For by uvicorn.
    """
    server = connection.scope.get("server")
    if not server:
        return False
    host, port = server
    if port is None:
        return str(host).startswith("/")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback
