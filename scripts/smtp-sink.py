"""The mail server that `scripts/smtp-sink` starts: usage: smtp-sink.py TLS_PORT STARTTLS_PORT, in its folder."""

import asyncio
import email
import hmac
import json
import os
import pathlib
import signal
import ssl
import sys
from email import policy

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

PASSWORD = pathlib.Path("password").read_text().strip()


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and data.login == b"doorkey"
    if known and hmac.compare_digest(data.password, PASSWORD.encode()):
        return AuthResult(success=True, auth_data="doorkey")
    return AuthResult(success=False, handled=False)  # the library answers 535


class Sink:
    """Keeps every mail as a file, but for those that it refuses."""

    def __init__(self):
        self.put_off = set()
        self.count = len(list(pathlib.Path("mails").glob("*.json")))

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return f"550 5.1.1 <{address}>: no such mailbox"
        if address.startswith("busy@") and address not in self.put_off:
            self.put_off.add(address)
            return f"451 4.7.1 <{address}>: greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        parts = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in message.walk() if not part.is_multipart()}
        tls = server.transport.get_extra_info("ssl_object")
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": tls.version() if tls else None,
            "user": session.auth_data if session.authenticated else None,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": parts.get("text/plain"),
            "html": parts.get("text/html"),
        }
        self.count += 1
        kept = pathlib.Path(f"mails/{self.count:06}.json")
        unfinished = kept.with_suffix(".part")
        unfinished.write_text(json.dumps(mail, ensure_ascii=False))
        unfinished.rename(kept)
        return "250 2.0.0 kept"


async def serve(tls_port, starttls_port):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain("server.crt", "server.key")
    sink = Sink()
    common = {"authenticator": authenticate, "auth_required": True, "enable_SMTPUTF8": True, "hostname": "localhost"}

    def implicit():
        # To the library TLS that was there from the beginning is none.
        return SMTP(sink, auth_require_tls=False, **common)

    def starttls():
        return SMTP(sink, tls_context=context, require_starttls=True, auth_require_tls=True, **common)

    loop = asyncio.get_running_loop()
    await loop.create_server(implicit, "127.0.0.1", tls_port, ssl=context)
    await loop.create_server(starttls, "127.0.0.1", starttls_port)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    pathlib.Path("pid").write_text(f"{os.getpid()}\n")
    await stopped.wait()
    pathlib.Path("pid").unlink(missing_ok=True)


asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
