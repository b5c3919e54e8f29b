"""What `scripts/egress` puts outside, and what it asks inside. Only what comes with Python, and the WebSocket by
hand, so that it is not the server's own library that says the server is right.
usage: egress.py world NET SERVER FOLDER ADDRESS=SERVER... | reach HOST PORT | journey new|known [MAILS]"""

import asyncio
import base64
import hashlib
import json
import pathlib
import socket
import ssl
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PASSWORD = "correct-horse-battery"


async def carry(reader, write):
    """Passes on what comes, as it comes."""
    while data := await reader.read(65536):
        await write(data)


async def both(*ways):
    """Until the first way ends."""
    tasks = [asyncio.create_task(way) for way in ways]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def writes(writer):
    async def write(data):
        writer.write(data)
        await writer.drain()

    return write


async def frames(reader):
    """The payloads of a client's frames (RFC 6455, 5.2) until it closes."""
    while True:
        first, second = await reader.readexactly(2)
        assert first & 0x70 == 0, "reserved bits are set"
        assert second & 0x80, "a client masks its frames"
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", await reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", await reader.readexactly(8))
        mask = await reader.readexactly(4)
        data = await reader.readexactly(length)
        data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        opcode = first & 0x0F
        if opcode == 8:
            return
        assert opcode in (0, 2, 10), f"opcode {opcode}"
        if opcode != 10:
            yield data


def frame(data):
    head = bytes([0x82, len(data)]) if len(data) < 126 else b"\x82\x7e" + struct.pack(">H", len(data))
    return head + data


async def close(writer):
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        pass


def proxy(servers):
    """Neon's proxy: `GET /v2?address=HOST:PORT`, to these addresses alone, each with the server behind it."""

    async def take(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *fields = head.splitlines()
        fields = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
        method, target, version = line.split(" ")
        target = urllib.parse.urlsplit(target)
        address = urllib.parse.parse_qs(target.query).get("address", [""])[0]
        host = address.partition(":")[0]
        print(line, flush=True)
        if (method, version, target.path) != ("GET", "HTTP/1.1", "/v2"):
            status = "404 Not Found"
        elif address not in servers or fields["host"] != host or writer.get_extra_info("ssl_object").sni != host:
            status = "403 Forbidden"
        else:
            status = "101 Switching Protocols"
        key = fields.get("sec-websocket-key", "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        upgrade = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
        writer.write(f"HTTP/1.1 {status}\r\n{upgrade if status[0] == '1' else ''}\r\n".encode())
        if status[0] != "1":
            return await close(writer)
        from_server, to_server = await asyncio.open_connection(*servers[address])

        async def up():
            async for data in frames(reader):
                await writes(to_server)(data)

        async def down(data):
            for at in range(0, len(data), 60000):
                await writes(writer)(frame(data[at : at + 60000]))

        await both(up(), carry(from_server, down))
        await close(to_server)
        await close(writer)

    return take


def plain(server):
    """Postgres itself, on the port where it usually is."""

    async def take(reader, writer):
        from_server, to_server = await asyncio.open_connection(*server)
        await both(carry(reader, writes(to_server)), carry(from_server, writes(writer)))
        await close(to_server)
        await close(writer)

    return take


def resend(folder):
    """Resend's interface: keeps every mail as a file."""

    async def take(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert head.startswith("post /emails ") and "authorization: bearer re_key" in head, head
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        mail = await reader.readexactly(length)
        kept = folder / f"{time.monotonic_ns()}.part"
        kept.write_bytes(mail)
        kept.rename(kept.with_suffix(".json"))
        answer = b'{"id":"1"}'
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n")
        writer.write(f"content-length: {len(answer)}\r\n\r\n".encode() + answer)
        await close(writer)

    return take


def named(sock, name, _context):
    sock.sni = name


async def world(net, server, folder, *behind):
    servers = {address: server.split(":") for address, _, server in (each.partition("=") for each in behind)}
    server, folder = server.split(":"), pathlib.Path(folder)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(folder / "server.crt", folder / "server.key")
    tls.sni_callback = named
    servers = [
        await asyncio.start_server(proxy(servers), f"{net}.1", 443, ssl=tls),
        await asyncio.start_server(plain(server), f"{net}.1", 5432),
        await asyncio.start_server(resend(folder / "mails"), f"{net}.3", 443),
    ]
    (folder / "world.ready").touch()
    await asyncio.gather(*(one.serve_forever() for one in servers))


def reach(host, port):
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        sys.exit(1)


def call(path, body=None, cookies=None):
    """A browser's request through the Space's edge."""
    request = urllib.request.Request(f"http://127.0.0.1:7860{path}")
    request.add_header("origin", "https://app.example.com")
    request.add_header("x-forwarded-proto", "https")
    if cookies:
        request.add_header("cookie", "; ".join(cookies))
    if body is not None:
        request.add_header("content-type", "application/json")
        request.data = json.dumps(body).encode()
    try:
        answer = urllib.request.urlopen(request, timeout=20)
    except urllib.error.HTTPError as error:
        answer = error
    cookies = [cookie.split(";")[0] for cookie in answer.headers.get_all("set-cookie") or []]
    return answer.status, json.loads(answer.read() or b"null"), cookies


def until(what, check):
    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            if found := check():
                return found
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit(f"{what}: not within 15 s")


def journey(part, mails=None):
    email = "ann@example.com"
    until("the server answers", lambda: call("/health")[0] == 200)
    if part == "new":
        body = {"name": "Ann", "email": email, "password": PASSWORD}
        status, answer, _ = call("/api/auth/sign-up/email", body)
        assert status == 200, (status, answer)
    status, answer, cookies = call("/api/auth/sign-in/email", {"email": email, "password": PASSWORD})
    assert status == 200, (status, answer)
    status, answer, _ = call("/api/auth/get-session", cookies=cookies)
    assert status == 200 and answer["user"]["email"] == email, (status, answer)
    status, answer, _ = call("/health?deep=1")
    assert status == 200 and answer["durable"] is True, answer
    if mails:
        sent = until("a mail", lambda: sorted(pathlib.Path(mails).glob("*.json")))
        mail = json.loads(sent[0].read_bytes())
        assert mail["to"] == [email] and "https://team-auth.hf.space/" in mail["text"], mail


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["world", net, server, folder, *behind]:
            asyncio.run(world(net, server, folder, *behind))
        case ["reach", host, port]:
            reach(host, port)
        case ["journey", part, *mails]:
            journey(part, *mails)
        case _:
            sys.exit(__doc__)
