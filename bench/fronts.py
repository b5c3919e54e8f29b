"""What stands between a person and an app: nothing, Doorkey's guard, nginx that asks Doorkey (`auth_request`); and the
apps behind them. How each is started, what it takes of the cores and of the memory."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import data
import programs
from programs import PATIENCE_S, free_port

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples/nginx/doorkey.conf"
TICKS = os.sysconf("SC_CLK_TCK")
# About as long as a small page or an answer of an API.
SMALL = "All that glitters is not gold. " * 33

_NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/errors warn;
worker_processes {workers}; worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/client; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {rest}
}}
"""


@dataclass
class Server:
    """A process with its children, behind a port."""

    title: str
    child: subprocess.Popen
    port: int
    log: Path

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def stop(self) -> None:
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def fail(self, what: str) -> None:
        raise RuntimeError(f"{self.title} {what}\n{self.log.read_text(errors='replace')[-2000:]}")


@dataclass(eq=False)
class Front:
    """One way to the app. `servers` are the processes that a request costs something, by name."""

    title: str
    port: int
    servers: dict[str, int] = field(default_factory=dict)
    fail_as: Server | programs.Program | None = None

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def fail(self, what: str) -> None:
        if self.fail_as:
            self.fail_as.fail(what)
        raise RuntimeError(f"{self.title} {what}")

    def cpu_us(self) -> dict[str, float]:
        """What each of them has taken of the cores, in microseconds."""
        return {name: sum(_cpu_us(pid, gone=pid == root) for pid in tree(root)) for name, root in self.servers.items()}

    def memory_kb(self, server: str, what: str = "VmRSS") -> int:
        """`VmRSS` (now) or `VmHWM` (the most since the last `forget_peak`), all processes of that server together."""
        return sum(_status_kb(pid, what) for pid in tree(self.servers[server]))

    def forget_peak(self, server: str) -> None:
        for pid in tree(self.servers[server]):
            Path(f"/proc/{pid}/clear_refs").write_text("5")


def tree(root: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return [root, *map(int, children)]


def _cpu_us(pid: int, gone: bool) -> float:
    """utime and stime, and of the first process its ended children's."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return sum(map(int, stat[11 : 15 if gone else 13])) / TICKS * 1e6


def _status_kb(pid: int, what: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == what:
            return int(value.split()[0])
    raise LookupError(what)


class Site:
    """Apps with both fronts before them and with one database behind."""

    def __init__(self, binaries: Path, nginx: str, work: Path, url: str, postmaster: int | None) -> None:
        self.nginx, self.work, self.url, self.postmaster = nginx, work, url, postmaster
        self.side = programs.doorkey(binaries, work)

    def somebody(self) -> str:
        """The cookie of somebody who signed up. Another process did that: one that has hashed keeps memory for more."""
        with self.side.start(self.url, self.work / "doorkey.log") as doorkey:
            doorkey.wait()
            return sign_up(doorkey.port)

    @contextmanager
    def around(self, app: Server) -> Iterator[tuple[Front, ...]]:
        """Nothing, the guard, nginx as its example says; nginx once more with large buffers for large bodies, and once
        gathering those before it passes them on."""
        settings = {"UPSTREAM_URL": app.url("")}
        with ExitStack() as stack:
            side = replace(self.side, env=self.side.env | settings)
            doorkey = stack.enter_context(side.start(self.url, self.work / "doorkey.log"))
            doorkey.wait()
            port, wide, gathering = free_port(), free_port(), free_port()
            rest = _asking(doorkey.port, app.port, port, wide, gathering)
            nginx = stack.enter_context(self.serving("nginx", port, "auto", rest))
            database = {"Postgres": self.postmaster} if self.postmaster else {}
            ours = {"Doorkey": doorkey.child.pid, **database}
            theirs = {"nginx": nginx.child.pid, **ours}
            yield (
                Front("direct", app.port, {}, app),
                Front("the guard", doorkey.port, ours, doorkey),
                Front("nginx", port, theirs, nginx),
                Front("nginx", wide, theirs, nginx),
                Front("nginx, gathering", gathering, theirs, nginx),
            )

    @contextmanager
    def small(self) -> Iterator[Server]:
        """An upstream that is far faster than either: an nginx that gives a text out of its settings."""
        port = free_port()
        rest = f'server {{ listen 127.0.0.1:{port}; location / {{ default_type text/plain; return 200 "{SMALL}"; }} }}'
        with self.serving("upstream", port, "1", rest) as server:
            yield server

    @contextmanager
    def app(self) -> Iterator[Server]:
        port, log = free_port(), self.work / "app.log"
        env = os.environ | {"PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
        yield from _running("the app", [sys.executable, HERE / "peers/app.py", str(port)], env, port, log)

    @contextmanager
    def serving(self, name: str, port: int, workers: str, rest: str) -> Iterator[Server]:
        folder = self.work / f"{name}-{port}"
        folder.mkdir()
        (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, workers=workers, rest=rest))
        command = [self.nginx, "-p", folder, "-c", "nginx.conf"]
        yield from _running(name, command, dict(os.environ), port, folder / "log")


def _running(title: str, command: list, env: dict[str, str], port: int, log: Path) -> Iterator[Server]:
    with log.open("ab") as output:
        child = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    server = Server(title, child, port, log)
    try:
        end = time.monotonic() + PATIENCE_S
        while not _answers(port):
            if child.poll() is not None or time.monotonic() > end:
                server.fail("does not answer")
            time.sleep(0.02)
        yield server
    finally:
        server.stop()


def _answers(port: int) -> bool:
    try:
        ask(port, "GET", "/")
    except OSError:
        return False
    return True


def _asking(doorkey: int, app: int, port: int, wide: int, gathering: int) -> str:
    """examples/nginx, on these ports, with room for as many connections and bytes as are measured. Twice more: with
    buffers for large bodies, and with nginx's own way of gathering them, which the example switches off for the sake of
    streams."""
    text = EXAMPLE.read_text()
    for old, new in [
        ("127.0.0.1:7860", f"127.0.0.1:{doorkey}"),
        ("127.0.0.1:8000", f"127.0.0.1:{app}"),
        ("listen 8080;", f"listen 127.0.0.1:{port} backlog=4096;"),
        ("keepalive 16;", "keepalive 128; keepalive_requests 1000000;"),
        ("client_max_body_size 100m;", "client_max_body_size 0;"),
    ]:
        if old not in text:
            raise RuntimeError(f"{EXAMPLE} no longer has {old}")
        text = text.replace(old, new)
    server = text[text.index("\nserver {") :]
    other = [server.replace(f"127.0.0.1:{port} ", f"127.0.0.1:{new} ") for new in (wide, gathering)]
    large = "proxy_buffering off; proxy_buffer_size 256k; proxy_buffers 4 256k; client_body_buffer_size 256k;"
    return text + other[0].replace("proxy_buffering off;", large) + re.sub(r"proxy_\w*buffering off;", "", other[1])


def ask(port: int, method: str, path: str, body: dict | None = None, cookie: str = "") -> tuple[int, str, bytes]:
    """One request to Doorkey on a connection of its own: the status, the session's cookie, the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    headers = {"Origin": programs.ORIGIN, "Content-Type": "application/json", "Cookie": cookie}
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Set-Cookie", "").partition(";")[0], answer.read()
    finally:
        connection.close()


def sign_up(port: int) -> str:
    """The cookie of somebody new."""
    person = {"email": f"ann{time.monotonic_ns()}@bench.example", "password": data.PASSWORD, "name": "Ann"}
    status, cookie, content = ask(port, "POST", "/api/auth/sign-up/email", person)
    if status != 200 or not cookie:
        raise RuntimeError(f"sign-up answered {status} {content!r}")
    return cookie


def sign_out(port: int, cookie: str) -> None:
    status, _, content = ask(port, "POST", "/api/auth/sign-out", {}, cookie)
    if status != 200:
        raise RuntimeError(f"sign-out answered {status} {content!r}")
