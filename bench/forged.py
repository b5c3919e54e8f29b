"""Whether anybody can say who they are: fields by which an app knows people, in every spelling that something between
or behind may take for them, sent along with a sound session."""

import json
import socket
from dataclasses import dataclass, field

from fronts import Front
from programs import PATIENCE_S

MARK = "forged"
NAMES = ["X-Auth-Email", "X-Auth-Email-Verified", "X-Auth-User-Id", "X-Auth-Name"]
NAMES += ["X-Auth-Session-Expires", "X-Auth-Jwt"]
ADDRESSES = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"]


def _attempts() -> list[list[str]]:
    """The fields of one request each; every value names its own."""
    tries: list[list[str]] = []
    for name in [*NAMES, *ADDRESSES]:
        spellings = [name, name.lower(), name.upper(), name.replace("-", "_"), name.replace("-", "_", 1)]
        spellings.append("".join(c.upper() if at % 2 else c.lower() for at, c in enumerate(name)))
        if "-" in name:
            spellings += [name.replace("-", "."), name + "-", name[::-1].replace("-", "_", 1)[::-1]]
        for spelling in dict.fromkeys(spellings):
            tries.append([spelling])
        tries += [[name, name], [name.lower(), name.replace("-", "_")]]
    return tries


def _requests() -> list[list[tuple[str, str]]]:
    found = []
    for names in _attempts():
        pairs = [(name, f"{MARK}-{number}") for number, name in enumerate(names)]
        # The second asks the front to take its own field away again, after it has written it (RFC 9110 §7.6.1).
        found += [pairs, [*pairs, ("Connection", ", ".join(["keep-alive", *names]))]]
    # What follows a name, in a front that reads fields more loosely than the app does.
    found += [[(f"{name} ", f"{MARK}-0")] for name in NAMES]
    found += [[("X-Other", f"1\n{name}: {MARK}-0")] for name in NAMES]
    return found


@dataclass
class Outcome:
    """What came of all attempts through one front."""

    tried: int = 0
    refused: int = 0
    # The names under which a forged value arrived, in lower case.
    arrived: set[str] = field(default_factory=set)
    # And those that took the true values away.
    lost: set[str] = field(default_factory=set)


def send(front: Front, cookie: str) -> Outcome:
    """Each attempt on a connection of its own. One that is refused has forged nothing."""
    outcome = Outcome()
    for pairs in _requests():
        outcome.tried += 1
        seen = _seen(front, cookie, pairs)
        if seen is None:
            outcome.refused += 1
            continue
        outcome.arrived.update(name.lower() for name, value in seen if MARK in value)
        if not {"x-auth-user-id", "x-auth-email"} <= {name.lower() for name, _ in seen}:
            outcome.lost.add(pairs[0][0])
    return outcome


def _seen(front: Front, cookie: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str]] | None:
    lines = ["GET /headers HTTP/1.1", f"Host: localhost:{front.port}", f"Cookie: {cookie}"]
    lines += [f"{name}: {value}" for name, value in pairs]
    with socket.create_connection(("127.0.0.1", front.port), PATIENCE_S) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        with connection.makefile("rb") as file:
            status, length = file.readline(), 0
            while (line := file.readline().strip()) != b"":
                name, _, value = line.lower().partition(b":")
                length = int(value) if name == b"content-length" else length
            body = file.read(length)
    if b" 400 " in status:
        return None
    if b" 200 " not in status:
        front.fail(f"answered {status!r} to {pairs}")
    return [(name, value) for name, value in json.loads(body)]
