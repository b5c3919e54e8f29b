"""The stand-in app behind the guard and behind nginx: python3 app.py PORT, with bench/ in PYTHONPATH.

GET /headers gives the fields that arrived; GET /body?bytes=N and POST /body a body of that size, made up and looked at
as it goes; GET /events?beats=N&first=S server-sent events, one a second from that time of the monotonic clock on,
with the time at which each was due; /socket a web socket that gives back what comes in. One process and one loop,
without a framework, so that it is not what is measured."""

import asyncio
import base64
import hashlib
import json
import socket
import sys
import time
from urllib.parse import parse_qs, urlsplit

import pattern

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CHUNK = 256 * 1024


class Gone(Exception):
    """The other side has closed."""


class Wire:
    """A connection, and what has been read of it and not yet used."""

    def __init__(self, connection: socket.socket) -> None:
        self.loop = asyncio.get_running_loop()
        self.connection = connection
        self.read = b""

    async def more(self) -> None:
        got = await self.loop.sock_recv(self.connection, 65536)
        if not got:
            raise Gone
        self.read += got

    async def head(self) -> list[str]:
        while b"\r\n\r\n" not in self.read:
            await self.more()
        head, _, self.read = self.read.partition(b"\r\n\r\n")
        return head.decode("latin-1").split("\r\n")

    async def send(self, *parts: bytes) -> None:
        await self.loop.sock_sendall(self.connection, b"".join(parts))


def fields(lines: list[str]) -> list[tuple[str, str]]:
    split = (line.partition(":") for line in lines)
    return [(name, text.strip()) for name, _, text in split]


async def answer(wire: Wire, kind: str, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    await wire.send(head.encode(), body)


async def take(wire: Wire, size: int) -> None:
    """Looks at every byte of an upload where it stands."""
    buffer, at, same = memoryview(bytearray(CHUNK)), len(wire.read), pattern.fits(0, memoryview(wire.read))
    wire.read = b""
    while at < size:
        got = await wire.loop.sock_recv_into(wire.connection, buffer[: min(CHUNK, size - at)])
        if not got:
            raise Gone
        same = same and pattern.fits(at, buffer[:got])
        at += got
    await answer(wire, "application/json", json.dumps({"bytes": at, "same": same}).encode())


async def give(wire: Wire, size: int) -> None:
    await wire.send(f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {size}\r\n\r\n".encode())
    at = 0
    while at < size:
        part = pattern.piece(at, min(CHUNK, size - at))
        await wire.loop.sock_sendall(wire.connection, part)
        at += len(part)


async def events(wire: Wire, beats: int, first: float) -> None:
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
    await wire.send(head.encode(), b"Transfer-Encoding: chunked\r\n\r\n")
    for number in range(beats):
        due = first + number
        await asyncio.sleep(due - time.monotonic())
        event = f"id: {number}\ndata: {due:.6f}\n\n".encode()
        await wire.send(f"{len(event):x}\r\n".encode(), event, b"\r\n")
    await wire.send(b"0\r\n\r\n")


async def echo(wire: Wire, key: str) -> None:
    """Short frames (RFC 6455 §5.2), as the load sends them."""
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    await wire.send(f"{head}Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
    while True:
        while len(wire.read) < 2 or len(wire.read) < 6 + (wire.read[1] & 127):
            await wire.more()
        size = wire.read[1] & 127
        mask, text, wire.read = wire.read[2:6], wire.read[6 : 6 + size], wire.read[6 + size :]
        plain = bytes(byte ^ mask[at % 4] for at, byte in enumerate(text))
        await wire.send(bytes([0x82, size]), plain)


async def serve(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wire = Wire(connection)
    try:
        while True:
            first, *lines = await wire.head()
            method, target, _ = first.split(" ")
            got = {name.lower(): text for name, text in fields(lines)}
            asked = {name: texts[0] for name, texts in parse_qs(urlsplit(target).query).items()}
            match urlsplit(target).path:
                case "/headers":
                    await answer(wire, "application/json", json.dumps(fields(lines)).encode())
                case "/body" if method == "POST":
                    await take(wire, int(got["content-length"]))
                case "/body":
                    await give(wire, int(asked["bytes"]))
                case "/events":
                    await events(wire, int(asked["beats"]), float(asked["first"]))
                case "/socket":
                    await echo(wire, got["sec-websocket-key"])
                case _:
                    await answer(wire, "text/plain", b"the app")
    except (Gone, OSError):
        pass
    finally:
        connection.close()


async def main() -> None:
    loop, running = asyncio.get_running_loop(), set()
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4096) as listener:
        listener.setblocking(False)
        while True:
            connection, _ = await loop.sock_accept(listener)
            task = loop.create_task(serve(connection))
            running.add(task)
            task.add_done_callback(running.discard)


asyncio.run(main())
