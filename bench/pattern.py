"""Bodies of any size that neither side keeps: bytes that repeat after a prime number of them, so that a piece that is
lost, doubled or moved does not fit any more where it arrives."""

import random

PERIOD = 1_000_003
_ONCE = random.Random(1).randbytes(PERIOD)
_TWICE = _ONCE + _ONCE


def piece(at: int, size: int) -> memoryview:
    """What stands from there on, so many bytes of it or as many as there are in one piece."""
    start = at % PERIOD
    return memoryview(_TWICE)[start : start + min(size, PERIOD)]


def fits(at: int, got: memoryview) -> bool:
    """Whether these bytes, no more than a period, are what stands from there on."""
    return _TWICE.startswith(got, at % PERIOD)
