"""What may be answered instead of a user: a status, a code for programs and a sentence for people."""

from fastapi import HTTPException


class DoorkeyError(HTTPException):
    """An HTTPException, so that it is an answer even in an app that `install` was not called for."""

    status = 500

    def __init__(self, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        detail = {"code": code, "message": message}
        super().__init__(self.status, detail, {"Cache-Control": "no-store", **(headers or {})})
        self.code = code
        self.message = message


class Unauthorized(DoorkeyError):
    """Nobody, or somebody who is not to be believed."""

    status = 401

    def __init__(
        self, code: str = "UNAUTHORIZED", message: str = "Sign in first", challenge: str | None = None
    ) -> None:
        super().__init__(code, message, {"WWW-Authenticate": challenge} if challenge else None)


class Forbidden(DoorkeyError):
    """A cookie came along with a request that a foreign page made."""

    status = 403


class Unavailable(DoorkeyError):
    """Doorkey did not say. Nobody is let in meanwhile."""

    status = 503

    def __init__(self) -> None:
        super().__init__("DOORKEY_UNAVAILABLE", "Who you are cannot be checked now", {"Retry-After": "2"})
