"""How any of the plans runs: in turns, within its time, ended in order by a signal."""

import signal
import sys
from collections.abc import Callable

import report


class Ended(KeyboardInterrupt):
    """A signal or the limit of time. An event loop lets nothing but an interrupt through."""


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def alternate(what: str, jobs: list[Callable], rounds: int, seconds: float) -> None:
    """Every job once a round, each round beginning with another one."""
    for turn in range(rounds):
        note(f"{what}: round {turn + 1} of {rounds} (load average {report.load_average()})")
        at = turn % len(jobs)
        for job in jobs[at:] + jobs[:at]:
            job(seconds)


def end_after(limit_s: int) -> None:
    """From now on a signal, or the end of the time, raises `Ended` wherever the program is."""
    for name in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, _end)
    signal.alarm(limit_s)


def _end(number: int, _frame: object) -> None:
    signal.alarm(0)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # the end itself is not to be disturbed
    raise Ended("out of time" if number == signal.SIGALRM else "stopped")
