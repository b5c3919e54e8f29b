"""Doorkey's public keys, fetched once and kept.

A token that names an unknown key makes us look again, since keys rotate, but only so often: anybody can make up
names of keys.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx
import jwt

from .errors import Unavailable
from .fetch import PerLoop, get, new_client

MOST_KEYS = 64


class KeySet:
    def __init__(
        self,
        url: str,
        algorithms: frozenset[str],
        *,
        timeout: float,
        fresh_for: float = 300,
        # While Doorkey cannot be reached. A key that was taken back is trusted no longer than this.
        stale_for: float = 3600,
        # The least time from one look to the next, and after one that failed.
        cooldown: float = 30,
        retry_after: float = 2,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._algorithms = algorithms
        self._timeout = timeout
        self._fresh_for = fresh_for
        self._stale_for = stale_for
        self._cooldown = cooldown
        self._retry_after = retry_after
        self._clock = clock
        self._transport = transport
        self._locks = PerLoop(asyncio.Lock)
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._next_look = float("-inf")
        self._failed = False

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """None: Doorkey has no such key. Raises Unavailable where that cannot be known."""
        found = self._keys.get(kid)
        if found is not None and self._age() < self._fresh_for:
            return found
        # One looks, the others wait for what it finds.
        async with self._locks.get():
            found = self._keys.get(kid)
            if found is None or self._age() >= self._fresh_for:
                await self._look()
        if self._age() < self._stale_for:
            found = self._keys.get(kid)
            if found is not None or not self._failed:
                return found
        raise Unavailable

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    async def _look(self) -> None:
        if self._clock() < self._next_look:
            return
        # Before it is tried: whoever is cancelled meanwhile has had the turn.
        self._failed = True
        self._next_look = self._clock() + self._retry_after
        try:
            keys = await self._fetch()
        except Unavailable:
            return
        self._keys = keys
        self._failed = False
        self._fetched_at = self._clock()
        self._next_look = self._fetched_at + self._cooldown

    async def _fetch(self) -> dict[str, jwt.PyJWK]:
        async with new_client(self._transport) as client:
            answer = await get(client, self._url, [], self._timeout)
        try:
            listed = answer.json()["keys"] if answer.status_code == 200 else None
        except (ValueError, KeyError, TypeError):
            listed = None
        if not isinstance(listed, list) or len(listed) > MOST_KEYS:
            raise Unavailable
        parsed = [(jwk["kid"], self._parse(jwk)) for jwk in listed if is_public(jwk)]
        return {kid: key for kid, key in parsed if key is not None}

    def _parse(self, jwk: dict[str, object]) -> jwt.PyJWK | None:
        """A key of an algorithm that is not asked for is as good as none (RFC 8725 §3.1)."""
        try:
            key = jwt.PyJWK(jwk)
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
        return key if key.algorithm_name in self._algorithms else None


def is_public(jwk: object) -> bool:
    return (
        isinstance(jwk, dict)
        and isinstance(jwk.get("kid"), str)
        and jwk.get("use", "sig") == "sig"
        and jwk.get("kty") in ("OKP", "EC", "RSA")
        and "d" not in jwk
    )
