"""Who is calling? For FastAPI apps behind Doorkey.

app = FastAPI()
install(app, GuardHeaders())

@app.get("/me")
async def me(user: CurrentUser) -> str:
    return user.name
"""

from .depends import CurrentUser, OptionalUser, Way, current_user, install, optional_user
from .errors import DoorkeyError, Forbidden, Unauthorized, Unavailable
from .guard import GuardHeaders
from .sessions import Sessions
from .tokens import Tokens
from .user import User

__all__ = [
    "CurrentUser",
    "DoorkeyError",
    "Forbidden",
    "GuardHeaders",
    "OptionalUser",
    "Sessions",
    "Tokens",
    "Unauthorized",
    "Unavailable",
    "User",
    "Way",
    "current_user",
    "install",
    "optional_user",
]
