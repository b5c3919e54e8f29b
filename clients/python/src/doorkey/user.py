"""A user, however it was learned who they are. What came in is parsed once, here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from types import MappingProxyType
from typing import Literal

Via = Literal["guard", "token", "session"]

# Doorkey's ids are UUIDs; a database that was taken over may have others.
ID = re.compile(r"[!-~]{1,128}\Z")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
MOST_TEXT = 1024


@dataclass(frozen=True)
class User:
    """`id` is the one thing to keep about somebody: addresses and names change."""

    id: str
    email: str
    name: str
    via: Via
    # False: the address is what somebody typed. None where it is not told.
    email_verified: bool | None = None
    # The end of the session, or of the token.
    expires: datetime | None = None
    # All that a token or /api/verify says of the user, USER_FIELDS among them.
    fields: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), repr=False, hash=False)

    @classmethod
    def parse(
        cls,
        via: Via,
        user_id: object,
        email: object,
        name: object,
        expires: datetime,
        fields: Mapping[str, object] | None = None,
        *,
        email_verified: bool | None = None,
    ) -> User:
        """Raises ValueError where something is not what Doorkey says."""
        if not isinstance(user_id, str) or not ID.match(user_id):
            raise ValueError("id")
        if not isinstance(email, str) or not email or len(email) > MOST_TEXT or CONTROL.search(email):
            raise ValueError("email")
        if not isinstance(name, str):
            raise ValueError("name")
        fields = fields or {}
        verified = fields.get("emailVerified", email_verified)
        return cls(
            id=user_id,
            email=email,
            # People choose it themselves: no line breaks into a log or a header (CWE-117, CWE-113).
            name=CONTROL.sub(" ", name)[:MOST_TEXT],
            via=via,
            email_verified=verified if isinstance(verified, bool) else None,
            expires=expires,
            fields=MappingProxyType(dict(fields)),
        )


def moment(text: object) -> datetime:
    """An RFC 3339 time. Raises ValueError, for one without a zone as well."""
    if not isinstance(text, str) or len(text) > 40:
        raise ValueError("time")
    # Python 3.10 does not know the Z.
    found = datetime.fromisoformat(re.sub(r"[Zz]\Z", "+00:00", text))
    if found.tzinfo is None:
        raise ValueError("time")
    return found.astimezone(timezone.utc)
