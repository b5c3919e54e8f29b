"""The data of a run: a database for each side, with the same users and sessions in it, and the cookies that open
those. The sessions are written by SQL, since no side could sign ten thousand users in within the time."""

import base64
import hashlib
import hmac
import os
import subprocess
from urllib.parse import quote, urlsplit, urlunsplit

SESSIONS = range(1_000_000_001, 1_000_010_001)
TOKEN_PREFIX = "bench-token-as-long-as-a-real-one"
PASSWORD = "plover-quartz-47-lantern"
PEOPLE = 16

_DOORKEY = """
INSERT INTO users (email, password_hash, name, email_canonical)
  SELECT 'user' || n || '@bench.example', '!', 'User ' || n, 'user' || n || '@bench.example' FROM numbers;
INSERT INTO sessions (user_id, session_token, expires_at, updated_at, token_kind, ip_address, user_agent)
  SELECT u.id, encode(sha256((token)::bytea), 'hex'), now() AT TIME ZONE 'utc' + interval '7 days',
    now() AT TIME ZONE 'utc', 'own', '127.0.0.1', 'Mozilla/5.0 (X11; Linux x86_64) bench'
  FROM numbers JOIN users u ON u.email = 'user' || n || '@bench.example';
"""
_BETTER_AUTH = """
INSERT INTO "user" (id, name, email, "emailVerified")
  SELECT 'u' || n, 'User ' || n, 'user' || n || '@bench.example', false FROM numbers;
INSERT INTO session (id, "expiresAt", token, "updatedAt", "ipAddress", "userAgent", "userId")
  SELECT 's' || n, now() + interval '7 days', token, now(), '127.0.0.1',
    'Mozilla/5.0 (X11; Linux x86_64) bench', 'u' || n
  FROM numbers;
"""
_SEED = """
INSERT INTO users (id, email, password_hash, created_at, updated_at)
  SELECT gen_random_uuid(), 'user' || n || '@bench.example', '!', now(), now() FROM numbers;
INSERT INTO sessions (id, user_id, session_token, expires_at, created_at, ip_address, user_agent)
  SELECT gen_random_uuid(), u.id, token, now() AT TIME ZONE 'utc' + interval '7 days', now(), '127.0.0.1',
    'Mozilla/5.0 (X11; Linux x86_64) bench'
  FROM numbers JOIN users u ON u.email = 'user' || n || '@bench.example';
"""
FILL = {"doorkey": _DOORKEY, "better_auth": _BETTER_AUTH, "seed": _SEED}


def token(number: int) -> str:
    return f"{TOKEN_PREFIX}{number}"


def token_hash(number: int) -> str:
    """What Doorkey's table holds of that token."""
    return hashlib.sha256(token(number).encode()).hexdigest()


def signed_cookie(number: int, secret: str) -> str:
    """The cookie of Doorkey and of Better Auth: the token and its signature."""
    mac = hmac.new(secret.encode(), token(number).encode(), hashlib.sha256).digest()
    signature = quote(base64.b64encode(mac).decode(), safe="")
    return f"better-auth.session_token={token(number)}.{signature}"


def plain_cookie(number: int, _secret: str) -> str:
    """The seed's cookie."""
    return f"session_token={token(number)}"


def email_of_session(number: int) -> str:
    return f"user{number}@bench.example"


def email_of_person(number: int) -> str:
    """Somebody who signed up and can sign in."""
    return f"person{number}@bench.example"


def database_url(server: str, name: str) -> str:
    """The URL of another database of that server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def client_env(url: str) -> dict[str, str]:
    """The environment in which psql and pgbench reach that database: no password on a command line."""
    parts = urlsplit(url)
    return os.environ | {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port),
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.path.lstrip("/"),
        "PGSSLMODE": "disable",
    }


def run_sql(psql: str, url: str, sql: str) -> None:
    command = [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    subprocess.run(
        command, env=client_env(url), input=sql, text=True, check=True, timeout=60, stdout=subprocess.DEVNULL
    )


def fill(psql: str, url: str, side: str) -> None:
    """Adds the users and sessions of `SESSIONS` to tables that are there."""
    numbers = (
        f"CREATE TEMP TABLE numbers AS SELECT n, '{TOKEN_PREFIX}' || n AS token "
        f"FROM generate_series({SESSIONS[0]}, {SESSIONS[-1]}) n;"
    )
    run_sql(psql, url, f"{numbers}\n{FILL[side]}\nVACUUM ANALYZE;")
