"""What stands around the proxies: a back end that tells what reached it, and requests that no browser would make."""

import json
import socket
import threading
from base64 import b64encode
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# With their lengths, as they are on the wire.
PIECES = [b"5\r\nfirst\r\n", b"6\r\nsecond\r\n", b"0\r\n\r\n"]
SOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class BackEnd(ThreadingHTTPServer):
    """`reached` has (method, path) of all that arrived; each piece of a stream waits for a release of `go_on`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.reached = []
        self.go_on = threading.Semaphore(0)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.go_on.release(9)
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.reached.append((self.command, self.path))
        if self.path == "/stream":
            return self.stream()
        if self.headers.get("Upgrade"):
            return self.web_socket()
        self.echo()

    do_POST = do_GET

    def echo(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        said = {
            "path": self.path,
            "body": body,
            "headers": [[name.lower(), text] for name, text in self.headers.items()],
        }
        text = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in PIECES:
            self.wfile.write(piece)
            self.server.go_on.acquire(timeout=10)

    def web_socket(self):
        key = self.headers["Sec-WebSocket-Key"] + SOCKET_GUID
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", b64encode(sha1(key.encode()).digest()).decode())
        self.end_headers()
        # Back comes what came in: a proxy between does not look into frames.
        self.wfile.write(self.rfile.read(4))
        self.close_connection = True


class Wire:
    """One request, its head written byte for byte, and what comes back."""

    def __init__(self, port, head, body=b""):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=8)
        self.socket.sendall(head.encode("latin-1") + body)
        self.file = self.socket.makefile("rb")
        status = self.file.readline().split()
        self.status = int(status[1]) if status else 0
        self.headers = {}
        while (line := self.file.readline().decode("latin-1").strip()) != "":
            name, _, text = line.partition(":")
            self.headers[name.lower()] = text.strip()

    def read(self, size):
        return self.file.read(size)

    def body(self):
        if "content-length" in self.headers:
            return self.file.read(int(self.headers["content-length"]))
        if self.headers.get("transfer-encoding") != "chunked":
            return b""
        found = b""
        while size := int(self.file.readline(), 16):
            found += self.file.read(size)
            self.file.readline()
        return found

    def json(self):
        return json.loads(self.body())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()
