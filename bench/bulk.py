"""One large body through a front, sent and read as fast as it goes, and looked at byte for byte on the other side."""

import json
import socket
import time
from typing import BinaryIO

import pattern
from fronts import Front
from programs import PATIENCE_S

CHUNK = 256 * 1024


def upload(front: Front, cookie: str, size: int) -> float:
    """In millions of bytes a second, until the app has said that it got all of it, as it was."""
    with socket.create_connection(("127.0.0.1", front.port), PATIENCE_S) as connection:
        began = time.perf_counter()
        connection.sendall(_head(front, f"POST /body HTTP/1.1\r\nContent-Length: {size}", cookie))
        at = 0
        while at < size:
            part = pattern.piece(at, min(CHUNK, size - at))
            connection.sendall(part)
            at += len(part)
        with connection.makefile("rb") as file:
            said = json.loads(file.read(_length(front, file)))
        took = time.perf_counter() - began
    if said != {"bytes": size, "same": True}:
        front.fail(f"damaged an upload: {said}")
    return size / took / 1e6


def download(front: Front, cookie: str, size: int) -> float:
    """In millions of bytes a second, to the last of them."""
    with socket.create_connection(("127.0.0.1", front.port), PATIENCE_S) as connection:
        began = time.perf_counter()
        connection.sendall(_head(front, f"GET /body?bytes={size} HTTP/1.1", cookie))
        with connection.makefile("rb", buffering=CHUNK) as file:
            promised = _length(front, file)
            buffer, at, same = memoryview(bytearray(CHUNK)), 0, True
            while at < promised and (got := file.readinto1(buffer[: min(CHUNK, promised - at)])):
                same = same and pattern.fits(at, buffer[:got])
                at += got
        took = time.perf_counter() - began
    if at != size or not same:
        front.fail(f"damaged a download: {at} bytes of {size}, of {promised} promised")
    return size / took / 1e6


def _head(front: Front, first: str, cookie: str) -> bytes:
    host = f"localhost:{front.port}"
    return f"{first}\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n\r\n".encode()


def _length(front: Front, file: BinaryIO) -> int:
    """The body's, from an answer's head, which must be a 200."""
    status, length = file.readline(), -1
    while (line := file.readline().strip()) != b"":
        name, _, value = line.lower().partition(b":")
        length = int(value) if name == b"content-length" else length
    if b" 200 " not in status or length < 0:
        front.fail(f"answered {status!r}, {length} bytes")
    return length
