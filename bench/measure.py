"""The single measurements: each runs one tool or starts one process, and returns numbers."""

import json
import re
import socket
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import data
from programs import PATIENCE_S, SECRET, Program, Side, free_port

HERE = Path(__file__).parent
GET_CONNECTIONS = 16
# Two cores hash: more would only wait in a queue, and be cut off at the end of a short round.
SIGN_IN_CONNECTIONS = 4


@dataclass
class Load:
    """What came of a load: answers a second, and how long they took, in milliseconds."""

    rate: float
    p50: float
    p99: float


def wrk(program: Program, path: str, method: str, lines: Path, connections: int, seconds: float) -> Load:
    """Loads a program for some seconds; anything but success in any answer is an error."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
    command += ["-s", str(HERE / "load/requests.lua"), program.url(path), "--", method, str(lines)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 40)
    outcome = json.loads(done.stdout.splitlines()[-1])
    if outcome["failed"] or not outcome["requests"]:
        program.fail(f"failed under load: {outcome}")
    return Load(outcome["requests"] / outcome["us"] * 1e6, outcome["p50"] / 1000, outcome["p99"] / 1000)


def get_sessions(program: Program, lines: Path, seconds: float) -> Load:
    return wrk(program, program.side.get_session, "GET", lines, GET_CONNECTIONS, seconds)


def sign_ins(program: Program, lines: Path, seconds: float) -> Load:
    return wrk(program, program.side.sign_in, "POST", lines, SIGN_IN_CONNECTIONS, seconds)


def pgbench(binary: str, url: str, script: str, seconds: float) -> float:
    """The same join as Doorkey's get-session by prepared statement, in transactions a second."""
    number = data.SESSIONS[len(data.SESSIONS) // 2]
    values = {
        "first": data.SESSIONS[0],
        "last": data.SESSIONS[-1],
        "prefix": data.TOKEN_PREFIX,
        "key": data.token_hash(number),
        "now": f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S}",
    }
    command = [binary, "-n", "-M", "prepared", "-c", str(GET_CONNECTIONS), "-j", "2", "-T", str(round(seconds))]
    command += [part for name, value in values.items() for part in ("-D", f"{name}={value}")]
    command += ["-f", str(HERE / "load" / script)]
    done = subprocess.run(
        command, env=data.client_env(url), capture_output=True, text=True, check=True, timeout=seconds + 40
    )
    return float(re.search(r"tps = ([0-9.]+)", done.stdout)[1])


def argon2(binary: str, seconds: float) -> float:
    """Raw argon2id with the costs of a sign-in on two threads, in hashes a second."""
    command = [binary, "2", str(round(seconds))]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 40).stdout)


def first_answer_ms(side: Side, url: str, log: Path, path: str, cookie: str, expected: str) -> float:
    """From just before the process is made to the end of its first answer, which must hold `expected`."""
    port = free_port()
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
    request = (head + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n").encode()
    began = time.perf_counter()
    with side.start(url, log, port) as program:
        while time.perf_counter() - began < PATIENCE_S and program.child.poll() is None:
            answer = _try(port, request)
            took = (time.perf_counter() - began) * 1000
            if b" 200 " in answer[:20] and expected.encode() in answer:
                return took
            if answer:
                program.fail(f"answered {answer!r}")
            time.sleep(0.0002)
        program.fail("does not answer")


def _try(port: int, request: bytes) -> bytes:
    """The whole answer; nothing while nobody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))
    except ConnectionRefusedError:
        return b""


def signed_in_ms(side: Side, url: str, log: Path) -> float:
    """To the first answer that needed the database, over a connection that was not there yet."""
    number = data.SESSIONS[0]
    cookie = side.cookie(number, SECRET)
    return first_answer_ms(side, url, log, side.get_session, cookie, data.email_of_session(number))


def nothing_ms() -> float:
    """A process that does nothing, from start to end: what no program can be faster than."""
    began = time.perf_counter()
    subprocess.run(["true"], check=True, timeout=PATIENCE_S)
    return (time.perf_counter() - began) * 1000
