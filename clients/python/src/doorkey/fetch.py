"""Asking Doorkey: one GET, with a deadline and a bound on the answer; whatever goes wrong is Unavailable."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from typing import Generic, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import httpx

from .errors import Unavailable

MOST_BYTES = 256 * 1024

T = TypeVar("T")


class PerLoop(Generic[T]):
    """One of something an event loop: connections and locks belong to the loop that first used them."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()

    def get(self) -> T:
        loop = asyncio.get_running_loop()
        found = self._made.get(loop)
        if found is None:
            found = self._made[loop] = self._make()
        return found

    def pop(self) -> T | None:
        return self._made.pop(asyncio.get_running_loop(), None)


def new_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    # No proxy and no .netrc out of the environment: what is sent is somebody's session.
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, transport=transport)


async def get(
    client: httpx.AsyncClient, url: str, headers: list[tuple[bytes, bytes]], seconds: float
) -> httpx.Response:
    """The answer, read. The deadline is for all of it: httpx's own are between two bytes."""
    try:
        return await asyncio.wait_for(_get(client, url, headers, seconds), seconds)
    except (httpx.HTTPError, httpx.InvalidURL, asyncio.TimeoutError, OSError):
        raise Unavailable from None


async def _get(
    client: httpx.AsyncClient, url: str, headers: list[tuple[bytes, bytes]], seconds: float
) -> httpx.Response:
    async with client.stream("GET", url, headers=headers, timeout=seconds) as answer:
        body = bytearray()
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise Unavailable
        return httpx.Response(answer.status_code, content=bytes(body))


def base(url: str, *, allow_http: bool) -> str:
    """Doorkey's address without a slash at the end. Raises ValueError for one that cookies must not go to."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or parts.username:
        raise ValueError(f"not an address of Doorkey: {url!r}")
    if parts.scheme == "http" and not (allow_http or _is_near(host)):
        raise ValueError("http to another machine: use https, or allow_http=True on a network of your own")
    return url.rstrip("/")


def _is_near(host: str) -> bool:
    """This machine, or a name without a dot, which only a container's network resolves."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.endswith(".localhost") or "." not in host
