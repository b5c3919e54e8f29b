"""Cold starts: from just before the process is made to the end of its first answer to somebody who is signed in, by
each way in which a function is run: as a server of its own, by Vercel's protocol, by Lambda's runtime API."""

import json
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import data
import measure
from programs import PATIENCE_S, SECRET, Program, Side, free_port

HOST = "auth.example.com"
# What a signed-in person asks a function for, and what the answer must hold.
QUESTIONS = {
    "verify": ("/api/auth/get-session", data.email_of_session(data.SESSIONS[0])),
    "sessions": ("/api/auth/list-sessions", '"ipAddress":"127.0.0.1"'),
    "account": ("/api/auth/list-accounts", '"providerId":"credential"'),
    "tokens": ("/api/auth/token", '"token":"ey'),
}


@dataclass
class Way:
    """A process and how it is asked; `ask(url, log)` starts it with that database and gives the milliseconds."""

    title: str
    ask: Callable[[str, Path], float]
    goal: str = "–"


def function(name: str, server: Side, binaries: Path) -> Side:
    """A function with the settings that it has on any platform."""
    env = server.env | {"MIGRATE": "off", "PUBLIC_URL": f"https://{HOST}"}
    return replace(server, title=f"`{name}`", command=[str(binaries / name)], env=env)


def ways(server: Side, better_auth: Side, binaries: Path, folder: Path) -> list[Way]:
    """All of them, Better Auth first, to which the others are compared."""
    found = [
        Way("Better Auth on Node, a server", lambda url, log: measure.signed_in_ms(better_auth, url, log)),
        Way("Doorkey, the server", lambda url, log: measure.signed_in_ms(server, url, log)),
    ]
    ipc = _listener(str(folder / "ipc.sock"))
    for name, question in QUESTIONS.items():
        side = function(name, server, binaries)
        for how, ask in [
            ("as a server", lambda url, log, s=side, q=question: _plain(s, url, log, *q)),
            ("on Vercel", lambda url, log, s=side, q=question: _vercel(ipc, s, url, log, *q)),
            ("on Lambda", lambda url, log, s=side, q=question: _lambda(s, url, log, *q)),
        ]:
            found.append(Way(f"{side.title} {how}", ask, "≤ 20"))
    return found


def _listener(address: str | tuple[str, int]) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
    listener.bind(address)
    listener.listen()
    listener.settimeout(PATIENCE_S)
    return listener


def _cookie(side: Side) -> str:
    """Behind https it has a name that only https may set."""
    return "__Secure-" + side.cookie(data.SESSIONS[0], SECRET)


def _plain(side: Side, url: str, log: Path, path: str, expected: str) -> float:
    return measure.first_answer_ms(side, url, log, path, _cookie(side), expected)


def _vercel(ipc: socket.socket, side: Side, url: str, log: Path, path: str, expected: str) -> float:
    """The function says on a socket that it listens, is then sent the request, and answers."""
    port = free_port()
    env = {"VERCEL": "1", "VERCEL_ENV": "production", "VERCEL_URL": HOST}
    env |= {"VERCEL_IPC_PATH": ipc.getsockname(), "VERCEL_DEV_PORT": str(port)}
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", "Connection: close", f"Cookie: {_cookie(side)}"]
    lines += ["X-Real-Ip: 203.0.113.9", "X-Vercel-Internal-Invocation-Id: inv-1", "X-Vercel-Internal-Request-Id: 1"]
    request = "\r\n".join([*lines, "", ""]).encode()
    with _started(replace(side, env=side.env | env), url, log, port) as (began, program):
        with _accept(ipc, program) as messages:
            message = b""
            while not message.endswith(b"\0"):
                message += messages.recv(65536) or program.fail("said nothing")
            if b"server-started" not in message:
                program.fail(f"said {message!r}")
            with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as connection:
                connection.sendall(request)
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
            took = _ms_since(began)
        if b" 200 " not in answer[:20] or expected.encode() not in answer:
            program.fail(f"answered {answer!r}")
        return took


def _lambda(side: Side, url: str, log: Path, path: str, expected: str) -> float:
    """The function asks for an event, and posts what is to be answered."""
    api = _listener(("127.0.0.1", 0))  # its own, since it asks for the next event when it has answered the first
    env = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:{}".format(api.getsockname()[1])}
    env |= {"AWS_LAMBDA_FUNCTION_NAME": "doorkey", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST"}
    env |= {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024"}
    event = json.dumps(_event(path, _cookie(side))).encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 1\r\n"
    head += "Lambda-Runtime-Deadline-Ms: 4102444800000\r\nLambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:::\r\n"
    with api, _started(replace(side, env=side.env | env), url, log, free_port()) as (began, program):
        for connection, method, body in _requests(api, program):
            if method == b"GET":
                connection.sendall(f"{head}Content-Length: {len(event)}\r\n\r\n".encode() + event)
                continue
            took = _ms_since(began)
            connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
            answer = json.loads(body)
            if answer.get("statusCode") != 200 or expected not in answer["body"]:
                program.fail(f"answered {answer!r}")
            return took
    raise AssertionError("unreachable")


@contextmanager
def _started(side: Side, url: str, log: Path, port: int) -> Iterator[tuple[float, Program]]:
    began = time.perf_counter()
    with side.start(url, log, port) as program:
        yield began, program


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _accept(listener: socket.socket, program: Program) -> socket.socket:
    end = time.monotonic() + PATIENCE_S
    while not select.select([listener], [], [], 0.1)[0]:
        if program.child.poll() is not None or time.monotonic() > end:
            program.fail("does not connect")
    connection = listener.accept()[0]
    connection.settimeout(PATIENCE_S)
    return connection


def _requests(listener: socket.socket, program: Program) -> Iterator[tuple[socket.socket, bytes, bytes]]:
    """Every request, on whichever connection it comes, with its method and body."""
    read: dict[socket.socket, bytes] = {}
    try:
        while True:
            ready = select.select([listener, *read], [], [], PATIENCE_S)[0]
            if not ready:
                program.fail("asks for nothing")
            for one in ready:
                if one is listener:
                    read[_accept(listener, program)] = b""
                    continue
                received = one.recv(65536)
                if not received:
                    read.pop(one)
                    one.close()
                    continue
                read[one] += received
                head, whole, body = read[one].partition(b"\r\n\r\n")
                if whole and len(body) >= _length(head):
                    read[one] = b""
                    yield one, head.split(b" ", 1)[0], body
    finally:
        for connection in read:
            connection.close()


def _length(head: bytes) -> int:
    fields = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return next((int(value) for name, _, value in fields if name == b"content-length"), 0)


def _event(path: str, cookie: str) -> dict:
    """A request as an HTTP API puts it (payload format 2.0)."""
    http = {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "any"}
    context = {"accountId": "1", "apiId": "a", "domainName": HOST, "domainPrefix": "auth", "http": http}
    context |= {"requestId": "r", "routeKey": "$default", "stage": "$default", "time": "", "timeEpoch": 1}
    event = {"version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "cookies": [cookie]}
    return event | {"headers": {"host": HOST}, "requestContext": context, "isBase64Encoded": False}
