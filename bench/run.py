"""Runs all measurements and prints the table. Started by scripts/bench, which provides what the environment names:
BENCH_WORK (an empty folder), BENCH_BINARIES, BENCH_ARGON2, BENCH_PYTHON (with the seed's packages), BENCH_PG (the
folder of Postgres' programs), DOORKEY_TEST_POSTGRES and DOORKEY_TEST_POSTGRES_TLS."""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import cold
import data
import measure
import programs
import report
from course import Ended, alternate, end_after, note
from report import middle, ratio, spread

ROOT = Path(__file__).parent.parent
FUNCTIONS = sorted(path.stem for path in (ROOT / "api").glob("*.rs"))


@dataclass(frozen=True)
class Plan:
    """How much is measured, and how long all of it may take."""

    get_rounds: int
    get_seconds: int
    sign_in_rounds: int
    sign_in_seconds: int
    starts: int
    build: bool
    limit_s: int


PLANS = {
    "quick": Plan(5, 2, 3, 3, 5, build=False, limit_s=420),
    "full": Plan(11, 3, 7, 5, 15, build=True, limit_s=2400),
    # The starts alone, in every way that functions are run.
    "cold": Plan(0, 0, 0, 0, 15, build=False, limit_s=300),
}


class Bench:
    def __init__(self, plan: Plan) -> None:
        env = os.environ
        self.plan = plan
        self.table = report.Table()
        self.work = Path(env["BENCH_WORK"])
        self.binaries = Path(env["BENCH_BINARIES"])
        self.argon2 = env.get("BENCH_ARGON2", "")
        self.psql, self.pgbench = env["BENCH_PG"] + "/psql", env["BENCH_PG"] + "/pgbench"
        self.server, self.tls_server = env["DOORKEY_TEST_POSTGRES"], env["DOORKEY_TEST_POSTGRES_TLS"]
        self.doorkey = programs.doorkey(self.binaries, self.work)
        self.better_auth = programs.better_auth()
        self.sides = [self.doorkey, self.better_auth]
        if plan.get_rounds:
            self.sides.append(programs.seed(env["BENCH_PYTHON"]))

    def run(self) -> None:
        self.prepare()
        if not self.plan.get_rounds:
            self.cold()
            return
        with ExitStack() as stack:
            running = [stack.enter_context(side.start(self.url(side), self.log(side))) for side in self.sides]
            for program in running:
                program.wait()
            started = {program.side.name: program.memory_mb("VmRSS") for program in running}
            self.get_sessions(running)
            verified = {program.side.name: program.memory_mb("VmHWM") for program in running}
            self.sign_ins(running)
            signed_in = {program.side.name: program.memory_mb("VmHWM") for program in running}
        self.starts()
        for title, memory, goal in [
            ("memory after start, MB", started, "≤ 12"),
            ("peak memory under verified requests, MB", verified, "≤ 20"),
            ("peak memory under sign-ins, MB", signed_in, "≤ 120"),
        ]:
            self.table.add(title, *(report.number(memory[side.name]) for side in self.sides), "–", goal)
        self.sizes()
        if self.plan.build:
            self.build()

    def url(self, side: programs.Side, tls: bool = False) -> str:
        return data.database_url(self.tls_server if tls else self.server, f"bench_{side.name}")

    def log(self, side: programs.Side) -> Path:
        return self.work / f"{side.name}.log"

    def prepare(self) -> None:
        """A database a side, with people who can sign in and with many sessions."""
        for side in self.sides:
            note(f"the data of {side.title}")
            data.run_sql(self.psql, self.server, f"CREATE DATABASE bench_{side.name};")
            url = self.url(side)
            if side is self.better_auth:
                env = os.environ | {"DATABASE_URL": url, "SECRET_KEY": programs.SECRET, "PORT": "0"}
                subprocess.run([*side.command, "migrate"], cwd=side.folder, env=env, check=True, timeout=60)
            with side.start(url, self.log(side)) as program:
                program.wait()
                program.sign_people_up()
            data.fill(self.psql, url, side.name)
            cookies = [side.cookie(number, programs.SECRET) for number in data.SESSIONS]
            self.lines(side, "GET").write_text("\n".join(cookies) + "\n")
        people = [
            json.dumps({"email": data.email_of_person(number), "password": data.PASSWORD})
            for number in range(data.PEOPLE)
        ]
        for side in self.sides:
            self.lines(side, "POST").write_text("\n".join(people) + "\n")

    def lines(self, side: programs.Side, method: str) -> Path:
        return self.work / f"{side.name}.{method}"

    def get_sessions(self, running: list[programs.Program]) -> None:
        loads = defaultdict(list)
        queries = defaultdict(list)
        url = self.url(self.doorkey)
        jobs = [
            lambda s, p=program: loads[p.side.name].append(measure.get_sessions(p, self.lines(p.side, "GET"), s))
            for program in running
        ]
        jobs += [
            lambda s, f=script: queries[f].append(measure.pgbench(self.pgbench, url, f"{f}.sql", s))
            for script in ("random", "hot")
        ]
        for program in running:
            for number in random.sample(data.SESSIONS, 20):
                program.check_session(number)
            measure.get_sessions(program, self.lines(program.side, "GET"), 1)  # warm
        alternate("get-session", jobs, self.plan.get_rounds, self.plan.get_seconds)
        for program in running:
            program.check_session(data.SESSIONS[-1])
        rates = {name: [load.rate for load in rounds] for name, rounds in loads.items()}
        mine = rates["doorkey"]
        self.table.add(
            "get-session/s, 16 connections",
            *(spread(rates[side.name]) for side in self.sides),
            f"pgbench, random keys: {spread(queries['random'])}; one key: {spread(queries['hot'])}",
        )
        for name in ("p50", "p99"):
            times = ([getattr(load, name) for load in loads[side.name]] for side in self.sides)
            self.table.add(f"… {name}, ms", *(middle(values) for values in times))
        to_peers = (spread(ratio(mine, rates[side.name]), " ×") for side in self.sides[1:])
        to_ceiling = (middle(ratio(mine, queries[name]), " ×") for name in ("random", "hot"))
        ceilings = " and ".join(to_ceiling)
        self.table.add("… Doorkey's rate over theirs", "1", *to_peers, ceilings, "≥ 30 × Better Auth")

    def sign_ins(self, running: list[programs.Program]) -> None:
        rates = defaultdict(list)
        jobs = [
            lambda s, p=program: rates[p.side.name].append(measure.sign_ins(p, self.lines(p.side, "POST"), s).rate)
            for program in running
        ]
        jobs.append(lambda s: rates["argon2"].append(measure.argon2(self.argon2, s)))
        alternate("sign-ins", jobs, self.plan.sign_in_rounds, self.plan.sign_in_seconds)
        mine = rates["doorkey"]
        self.table.add(
            "sign-ins/s",
            *(spread(rates[side.name]) for side in self.sides),
            f"argon2id, two threads: {spread(rates['argon2'])}",
            "≥ 75",
        )
        to_peers = (spread(ratio(mine, rates[side.name]), " ×") for side in self.sides[1:])
        self.table.add("… Doorkey's rate over theirs", "1", *to_peers, middle(ratio(mine, rates["argon2"]), " ×"))

    def starts(self) -> None:
        """Processes that were not there, over TLS as on a platform, in turn."""
        verify = programs.verify_function(self.binaries, self.work)
        first, signed_in, nothing = defaultdict(list), defaultdict(list), []

        def first_answer(side: programs.Side, path: str, expected: str) -> None:
            took = measure.first_answer_ms(side, self.url(side, tls=True), self.log(side), path, "", expected)
            first[side.title].append(took)

        def signed_in_answer(side: programs.Side) -> None:
            signed_in[side.title].append(measure.signed_in_ms(side, self.url(side, tls=True), self.log(side)))

        jobs = [lambda _, s=side: first_answer(s, "/health", "status") for side in self.sides]
        # The function has no /health; without a cookie it does as little.
        jobs.append(lambda _: first_answer(verify, verify.get_session, "null"))
        jobs += [lambda _, s=side: signed_in_answer(s) for side in [*self.sides, verify]]
        jobs.append(lambda _: nothing.append(measure.nothing_ms()))
        alternate("starts", jobs, self.plan.starts, 0)
        for title, times, ceiling, goal in [
            ("start to first answer, ms", first, f"`true`, start to end: {spread(nothing)}", "≤ 5"),
            ("start to first signed-in answer, Postgres over TLS, ms", signed_in, "–", "–"),
        ]:
            self.table.add(title, *(spread(times[side.title]) for side in self.sides), ceiling, goal)
            self.table.add("… of the function `verify` alone", spread(times[verify.title]), "–", "–", "–", goal)

    def cold(self) -> None:
        """Every way in which a function is run, in turn, over TLS as on a platform."""
        self.table = report.Table(["start to first signed-in answer", "measured", "Better Auth's time over it", "goal"])
        times, nothing = defaultdict(list), []
        ways = cold.ways(self.doorkey, self.better_auth, self.binaries, self.work)

        def ask(way: cold.Way) -> None:
            url = self.url(self.better_auth if way is ways[0] else self.doorkey, tls=True)
            times[way.title].append(way.ask(url, self.work / "cold.log"))

        jobs = [lambda _, w=way: ask(w) for way in ways]
        jobs.append(lambda _: nothing.append(measure.nothing_ms()))
        alternate("cold starts, a first one for the caches", jobs, 1, 0)
        times.clear()
        nothing.clear()
        alternate("cold starts", jobs, self.plan.starts, 0)
        for way in ways:
            slower = ratio(times[ways[0].title], times[way.title])
            self.table.add(way.title, spread(times[way.title], " ms"), spread(slower, " ×"), way.goal)
        self.table.add("a process that does nothing, start to end", spread(nothing, " ms"))
        self.table.add("size of each function", self.function_sizes(), "–", "≤ 10")

    def function_sizes(self) -> str:
        sizes = {name: (self.binaries / name).stat().st_size / 1e6 for name in FUNCTIONS}
        return ", ".join(f"{name} {size:.1f}" for name, size in sizes.items()) + " MB"

    def sizes(self) -> None:
        server = (self.binaries / "doorkey").stat().st_size / 1e6
        self.table.add("size of the server", f"{server:.1f} MB")
        self.table.add("size of each function", self.function_sizes(), "–", "–", "–", "≤ 10")
        tree = ["cargo", "tree", "--locked", "--workspace", "--edges", "normal", "--prefix", "none", "--no-dedupe"]
        tree += ["--target", "x86_64-unknown-linux-gnu", "--format", "{p}"]
        listed = subprocess.run(tree, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
        # Our own are those with a path.
        crates = {line for line in listed.split("\n") if line and str(ROOT) not in line}
        self.table.add("crates of others in the binaries", str(len(crates)), "–", "–", "–", "≤ 260")

    def build(self) -> None:
        note("a release build from nothing")
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            env = os.environ | {"CARGO_TARGET_DIR": folder}
            command = ["cargo", "build", "--release", "--locked", "--workspace", "--quiet"]
            began, cpu_before = time.monotonic(), cpu_s()
            subprocess.run(command, cwd=ROOT, env=env, check=True)
            took, cpu = (time.monotonic() - began) / 60, (cpu_s() - cpu_before) / 60
        times = f"{took:.1f} min ({cpu:.1f} of CPU)"
        self.table.add("release build from nothing", times, "–", "–", "–", "≤ 6 min")


def cpu_s() -> float:
    """What the children that have ended took of the cores."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    plan = PLANS[sys.argv[1]]
    end_after(plan.limit_s)
    bench = Bench(plan)
    before, began = report.load_average(), time.monotonic()
    failure = None
    try:
        bench.run()
    except (Ended, RuntimeError, OSError, subprocess.SubprocessError) as error:
        failure = error
    print(f"{report.machine()}; {report.versions(os.environ['BENCH_PYTHON'], bench.psql)}")
    print(f"load average {before} before, {report.load_average()} after; {time.monotonic() - began:.0f} s")
    rounds = f"{plan.starts} starts"
    if plan.get_rounds:
        rounds = f"{plan.get_rounds} rounds, {plan.sign_in_rounds} of sign-ins, {rounds}"
    print(f"medians of {rounds} (least–most)\n")
    print(bench.table.text())
    if failure:
        print(f"\nNOT COMPLETE: {failure}")
        return 1
    return 0


sys.exit(main())
