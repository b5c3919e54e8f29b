"""Many event streams or web sockets open at once, each moving once a second, each at a moment of its own: how late what
moves is, whether anything is lost, and when they end after their session has."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import quantiles

from fronts import Front

# As many handshakes at a time as a browser's crowd might make, and fewer than would overflow a queue of connections.
AT_ONCE = 100
# The first beat comes when all are open, so that opening them makes none of them late.
OPENING_S = 3
FOREVER = 1_000_000
FRAME = b"beat-%09d"


@dataclass
class Outcome:
    """What came of all of them."""

    lateness_ms: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    opened_s: float = 0.0

    def p50(self) -> float:
        return quantiles(self.lateness_ms, n=100)[49]

    def p99(self) -> float:
        return quantiles(self.lateness_ms, n=100)[98]


class Opened:
    """So many connections through one front, of one session."""

    def __init__(self, front: Front, cookie: str, count: int, beats: int) -> None:
        self.front, self.cookie, self.count, self.beats = front, cookie, count, beats
        self.gate = asyncio.Semaphore(AT_ONCE)
        self.outcome, self.waiting, self.all_move = Outcome(), count, asyncio.Event()
        self.began = time.monotonic()
        self.first = self.began + OPENING_S

    def due(self, number: int, beat: int) -> float:
        """When a connection moves for that time: all of them spread over each second."""
        return self.first + number / self.count + beat

    async def each(self, one: Callable[["Opened", int], Awaitable[None]]) -> None:
        """All of them to their end. A fault of one is noted and stops no other."""

        async def noted(number: int) -> None:
            try:
                await one(self, number)
            except (OSError, ValueError, EOFError) as error:
                self.outcome.faults.append(f"{one.__name__} {number}: {error or type(error).__name__}")
                self.moved(0)

        await asyncio.gather(*(noted(number) for number in range(self.count)))

    def moved(self, number: int) -> None:
        """Says that one of them moves (for the first time, as its number tells)."""
        if number == 0:
            self.waiting -= 1
            if self.waiting <= 0:
                self.all_move.set()

    def late(self, due: float) -> None:
        self.outcome.lateness_ms.append((time.monotonic() - due) * 1000)

    async def connect(self, head: str, status: str) -> "Line":
        async with self.gate:
            loop = asyncio.get_running_loop()
            line = Line(loop, socket.socket())
            try:
                line.connection.setblocking(False)
                line.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                await loop.sock_connect(line.connection, ("127.0.0.1", self.front.port))
                host = f"localhost:{self.front.port}"
                head += f"\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {self.cookie}\r\n\r\n"
                await loop.sock_sendall(line.connection, head.encode())
                answered = await line.until(b"\r\n\r\n")
                if status.encode() not in answered[:20]:
                    raise ValueError(f"answered {answered[:60]!r}")
                self.outcome.opened_s = time.monotonic() - self.began
            except BaseException:
                line.connection.close()
                raise
            return line


class Line:
    """A connection, and what was read of it and not used. `None` for an end of it, in order or not."""

    def __init__(self, loop: asyncio.AbstractEventLoop, connection: socket.socket) -> None:
        self.loop, self.connection, self.read = loop, connection, b""

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    async def more(self) -> None:
        got = await self.loop.sock_recv(self.connection, 4096)
        if not got:
            raise EOFError("closed")
        self.read += got

    async def until(self, mark: bytes) -> bytes:
        while mark not in self.read:
            await self.more()
        found, _, self.read = self.read.partition(mark)
        return found

    async def exactly(self, size: int) -> bytes:
        while len(self.read) < size:
            await self.more()
        found, self.read = self.read[:size], self.read[size:]
        return found


async def stream(all_: Opened, number: int) -> None:
    """All beats one after another, and the end as it should be."""
    first = all_.due(number, 0)
    with await all_.connect(f"GET /events?beats={all_.beats}&first={first:.6f} HTTP/1.1", " 200 ") as line:
        beat, text = 0, b""
        while size := int(await line.until(b"\r\n"), 16):
            # How a stream is cut into chunks is each hop's own affair.
            text += (await line.exactly(size + 2))[:-2]
            while b"\n\n" in text:
                event, _, text = text.partition(b"\n\n")
                name, due = event.split(b"\ndata: ")
                if name != b"id: %d" % beat:
                    raise ValueError(f"{name!r} came in place of {beat}")
                all_.late(float(due))
                all_.moved(beat)
                beat += 1
        if beat != all_.beats or text:
            raise ValueError(f"ended after {beat} beats")


async def web_socket(all_: Opened, number: int) -> None:
    """Says something each second, and hears it again."""
    head = "GET /socket HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    with await all_.connect(f"{head}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", " 101 ") as line:
        for beat in range(all_.beats):
            due = all_.due(number, beat)
            await asyncio.sleep(due - time.monotonic())
            text = FRAME % beat
            # Masked with nothing: the mask protects from other programs' pages (RFC 6455 §10.3), and here are none.
            await line.loop.sock_sendall(line.connection, bytes([0x82, 0x80 | len(text), 0, 0, 0, 0]) + text)
            if await line.exactly(2 + len(text)) != bytes([0x82, len(text)]) + text:
                raise ValueError(f"another echo than that of {beat}")
            all_.late(due)
            all_.moved(beat)


def beating(
    kind: Callable, front: Front, cookie: str, count: int, beats: int, at_height: Callable[[int], None]
) -> Outcome:
    """All open, for so many beats each; `at_height` is called when all move, with the number of beats so far."""

    async def run() -> Outcome:
        all_ = Opened(front, cookie, count, beats)
        running = asyncio.create_task(all_.each(kind))
        await all_.all_move.wait()
        at_height(len(all_.outcome.lateness_ms))
        await running
        if len(all_.outcome.lateness_ms) != count * beats:
            all_.outcome.faults.append(f"{len(all_.outcome.lateness_ms)} beats of {count * beats}")
        return all_.outcome

    return asyncio.run(run())


def ended_after(
    fronts: dict[Front, int], cookie: str, limit_s: float, end: Callable[[], None]
) -> dict[tuple[str, Callable], list[float]]:
    """So many streams, and as many sockets, are open through each front when their session ends: after how many seconds
    each of them has, until all of the first front have."""
    ended: dict[tuple[str, Callable], list[float]] = {}

    async def run() -> None:
        signed_out, began = asyncio.Event(), 0.0
        groups, tasks = [], []

        async def watch(kind: Callable, group: Opened, number: int, ends: list[float]) -> None:
            try:
                await kind(group, number)
            except (OSError, EOFError):
                if not signed_out.is_set():
                    raise
                ends.append(time.monotonic() - began)

        for front, count in fronts.items():
            for kind in (stream, web_socket):
                group, ends = Opened(front, cookie, count, FOREVER), []
                groups.append(group)
                ended[front.title, kind] = ends
                tasks.append([asyncio.create_task(watch(kind, group, number, ends)) for number in range(count)])
        await asyncio.gather(*(asyncio.wait_for(group.all_move.wait(), limit_s) for group in groups))
        began = time.monotonic()
        signed_out.set()
        await asyncio.to_thread(end)
        await asyncio.wait(tasks[0] + tasks[1], timeout=limit_s)
        for task in sum(tasks, []):
            task.cancel()
        await asyncio.gather(*sum(tasks, []), return_exceptions=True)

    asyncio.run(run())
    return ended
