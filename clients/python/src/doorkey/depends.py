"""The dependencies. They find the ways that `install` gave to the app, so that routers need not know them."""

from __future__ import annotations

from typing import Annotated, Protocol

from fastapi import Depends
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from .errors import DoorkeyError, Unauthorized
from .user import User


class Way(Protocol):
    """A way to learn who is calling."""

    # WWW-Authenticate for a caller of whom it knows nothing.
    challenge: str | None

    async def user(self, connection: HTTPConnection) -> User | None:
        """None: the request does not say, or says a session that is over. Raises DoorkeyError where it lies."""


def install(app: Starlette, *ways: Way) -> None:
    """Tells an app how its callers are known: the first way that knows somebody decides."""
    if not ways:
        raise ValueError("install(app, GuardHeaders()), or Tokens(…), or Sessions(…)")
    app.state.doorkey = ways
    app.add_exception_handler(DoorkeyError, _answer)


async def optional_user(connection: HTTPConnection) -> User | None:
    """The caller, or None for a visitor. What is sent but false is an error here, too."""
    for way in _ways(connection):
        user = await way.user(connection)
        if user is not None:
            return user
    return None


async def current_user(connection: HTTPConnection) -> User:
    """The caller, or 401."""
    user = await optional_user(connection)
    if user is None:
        challenges = (way.challenge for way in _ways(connection))
        raise Unauthorized(challenge=next(filter(None, challenges), None))
    return user


CurrentUser = Annotated[User, Depends(current_user)]
OptionalUser = Annotated[User | None, Depends(optional_user)]


def _ways(connection: HTTPConnection) -> tuple[Way, ...]:
    ways: tuple[Way, ...] | None = getattr(connection.app.state, "doorkey", None)
    if not ways:
        raise RuntimeError("call doorkey.install(app, …) first")
    return ways


async def _answer(_: Request, error: Exception) -> Response:
    """The body is of Doorkey's own shape: a code and a message."""
    if not isinstance(error, DoorkeyError):
        raise error
    return JSONResponse({"code": error.code, "message": error.message}, error.status_code, error.headers)
