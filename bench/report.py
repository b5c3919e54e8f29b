"""The table: medians, with the load of the machine and what was asked for."""

import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

COLUMNS = ["", "Doorkey", "Better Auth", "the seed", "ceiling", "goal"]


def number(value: float) -> str:
    """As many digits as mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def middle(values: list[float], unit: str = "") -> str:
    return f"{number(median(values))}{unit}" if values else "–"


def spread(values: list[float], unit: str = "") -> str:
    """The median, and in brackets the least and the most."""
    if not values:
        return "–"
    return f"{middle(values, unit)} ({number(min(values))}–{number(max(values))})"


def ratio(ours: list[float], theirs: list[float]) -> list[float]:
    """Round by round, so that what slows both of a round cancels out."""
    return [mine / other for mine, other in zip(ours, theirs)]


class Table:
    """Rows as they come, so that a run that is cut short still shows what it has."""

    def __init__(self, columns: list[str] = COLUMNS) -> None:
        self.columns = columns
        self.rows: list[list[str]] = []

    def add(self, what: str, *cells: str) -> None:
        row = [what, *cells]
        self.rows.append(row + ["–"] * (len(self.columns) - len(row)))

    def text(self) -> str:
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine() -> str:
    """When and on what it was measured."""
    cores = os.cpu_count()
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC, {cores} cores ({model}), {platform.release()}"


def versions(python: str, psql: str) -> str:
    def said(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()

    others = [said(program, "--version") for program in ("rustc", python, psql)]
    return ", ".join([*others, "Node " + said("node", "--version")])


def load_average() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())
