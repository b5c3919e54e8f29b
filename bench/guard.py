"""Doorkey's guard beside nginx that asks Doorkey, and beside nothing, and prints the table. Started by `scripts/bench
guard`, which provides what the environment names: BENCH_WORK (an empty folder), BENCH_BINARIES, BENCH_NGINX, BENCH_PG
(the folder of Postgres' programs), DOORKEY_TEST_POSTGRES, DOORKEY_PG_PID. Its end is 1 if a body was damaged, a stream
lost or left open, a forged field arrived, or the guard's memory grew; never because of a time."""

import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import bulk
import data
import forged
import measure
import opened
import report
from course import Ended, alternate, end_after, note
from fronts import Front, Site, sign_out
from report import middle, number, ratio, spread

LIMIT_S = 480
ROUNDS, SECONDS = 5, 2
SQLITE_ROUNDS = 3
CONNECTIONS = 32
BODY, BODY_ROUNDS = 1_000_000_000, 3
# What the guard may grow by while a body of that size passes: some buffers, and no part of the body.
FLAT_KB = 40_000
MANY, OPEN_ROUNDS, BEATS = 1000, 2, 10
# Through nginx, to see that nobody ends them.
FEW = 10
# Ours look every 10 s; docs/guard.md promises 30.
ENDED_S = 30
FILES = 16_384

COLUMNS = ["", "direct", "Doorkey's guard", "nginx + `auth_request`", "the guard over nginx"]
NONE = "–"


class Bench:
    def __init__(self) -> None:
        env = os.environ
        self.table = report.Table(COLUMNS)
        self.faults: list[str] = []
        self.work, self.binaries = Path(env["BENCH_WORK"]), Path(env["BENCH_BINARIES"])
        self.nginx, self.psql = env["BENCH_NGINX"], env["BENCH_PG"] + "/psql"
        self.server, self.postmaster = env["DOORKEY_TEST_POSTGRES"], int(env["DOORKEY_PG_PID"])

    def run(self) -> None:
        site = self.on_postgres()
        cookie = site.somebody()
        self.small(site, cookie, "Postgres", ROUNDS)
        sqlite = Site(self.binaries, self.nginx, self.work, f"sqlite://{self.work}/guard.db", None)
        self.small(sqlite, sqlite.somebody(), "SQLite", SQLITE_ROUNDS)
        self.bodies(site, cookie)
        self.beating(site, cookie, opened.stream, "event streams")
        self.beating(site, cookie, opened.web_socket, "web sockets")
        self.forged(site, cookie)
        self.ended(site, cookie)

    def on_postgres(self) -> Site:
        """With as many users and sessions beside the one that is used as the other plans have."""
        data.run_sql(self.psql, self.server, "CREATE DATABASE bench_guard;")
        url = data.database_url(self.server, "bench_guard")
        site = Site(self.binaries, self.nginx, self.work, url, self.postmaster)
        site.somebody()  # makes the tables
        data.fill(self.psql, url, "doorkey")
        return site

    def row(self, title: str, values: dict[str, list[float]], unit: str = "") -> None:
        """One figure of each front; the guard's over nginx's round by round."""
        cells = (spread(values[name], unit) if name in values else NONE for name in ("direct", "the guard", "nginx"))
        both = ratio(values["the guard"], values["nginx"]) if min(values["nginx"]) > 0 else []
        self.table.add(title, *cells, spread(both, " ×") if both and min(both) > 0 else NONE)

    def small(self, site: Site, cookie: str, database: str, rounds: int) -> None:
        """A small answer, under a load that leaves no core idle, and one at a time."""
        lines = self.work / "cookie"
        lines.write_text(cookie + "\n")
        loads = defaultdict(lambda: defaultdict(list))
        cpu = defaultdict(lambda: defaultdict(list))

        def load(front: Front, connections: int, seconds: int) -> None:
            before = front.cpu_us()
            outcome = measure.wrk(front, "/small", "GET", lines, connections, seconds)
            for name in ("rate", "p50", "p99"):
                loads[connections, name][front.title].append(getattr(outcome, name))
            if connections == CONNECTIONS and front.servers:
                spent = {server: us - before[server] for server, us in front.cpu_us().items()}
                for server, us in spent.items():
                    cpu[front.title][server].append(us / (outcome.rate * seconds))
                cpu[front.title]["all"].append(sum(spent.values()) / (outcome.rate * seconds))

        with site.small() as upstream, site.around(upstream) as fronts:
            each = [(front, count) for count in (1, CONNECTIONS) for front in fronts[:3]]
            jobs = [lambda s, f=front, c=count: load(f, c, s) for front, count in each]
            for job in jobs:
                job(1)  # warm
            loads.clear()
            cpu.clear()
            alternate(f"small answers, {database}", jobs, rounds, SECONDS)
        self.row(f"requests/s, {CONNECTIONS} connections, {database}", loads[CONNECTIONS, "rate"])
        self.row("… p50, ms", loads[CONNECTIONS, "p50"])
        self.row("… p99, ms", loads[CONNECTIONS, "p99"])
        self.row("… CPU of the servers a request, µs", {title: spent["all"] for title, spent in cpu.items()})
        shares = (
            ", ".join(f"{server} {middle(us)}" for server, us in cpu[title].items() if server != "all")
            for title in ("the guard", "nginx")
        )
        self.table.add("… of which", NONE, *shares)
        for name in ("p50", "p99"):
            took = loads[1, name]
            self.row(f"one at a time, {database}: {name}, ms", took)
            added = {
                title: [through - straight for through, straight in zip(took[title], took["direct"], strict=True)]
                for title in ("the guard", "nginx")
            }
            self.row("… added to direct, ms", added)

    def bodies(self, site: Site, cookie: str) -> None:
        """Large bodies, and what they leave in the guard's memory."""
        rates, cpu = defaultdict(lambda: defaultdict(list)), defaultdict(lambda: defaultdict(list))
        grown = defaultdict(list)
        ways = {"upload": bulk.upload, "download": bulk.download}

        def pass_through(front: Front, title: str, what: str) -> None:
            server = "Doorkey" if front is fronts[1] else "nginx"
            if front.servers:
                front.forget_peak(server)
                before, spent = front.memory_kb(server), sum(front.cpu_us().values())
            rates[what][title].append(ways[what](front, cookie, BODY))
            if front.servers:
                grown[title].append((front.memory_kb(server, "VmHWM") - before) / 1000)
                cpu[what][title].append((sum(front.cpu_us().values()) - spent) / 1e6)

        with site.app() as app, site.around(app) as fronts:
            direct, guard, example, wide, gathering = fronts
            sides = {"direct": direct, "the guard": guard, "nginx": wide, "example": example, "gathering": gathering}
            each = [(title, what) for what in ways for title in sides]
            for title, what in each:
                ways[what](sides[title], cookie, 10_000_000)  # warm
            jobs = {(title, what): lambda _, t=title, w=what: pass_through(sides[t], t, w) for title, what in each}
            once = [jobs["example", "upload"], jobs["example", "download"], jobs["gathering", "upload"]]
            often = [job for (title, _), job in jobs.items() if title not in ("example", "gathering")]
            alternate("bodies", often, BODY_ROUNDS, 0)
            alternate("bodies through nginx with other settings", once, 1, 0)
        for what in ways:
            self.row(f"{what} of {BODY // 10**9} GB, MB/s", rates[what])
            self.row("… CPU of the servers, s", cpu[what])
            for title, how in [
                ("example", "its example's buffers"),
                ("gathering", "`proxy_request_buffering on`, its default"),
            ]:
                if found := rates[what][title]:
                    self.table.add(f"… nginx with {how}, once, MB/s", NONE, NONE, middle(found))
        most = {title: number(max(values)) for title, values in grown.items()}
        self.table.add("most that memory grew by meanwhile, MB", NONE, most["the guard"], most["nginx"])
        if max(grown["the guard"]) * 1000 > FLAT_KB:
            self.faults.append(f"the guard grew by {most['the guard']} MB while a body passed")

    def beating(self, site: Site, cookie: str, kind: Callable, what: str) -> None:
        """Many open at once; each front's processes are new, so that what they take is what these need."""
        late = defaultdict(lambda: defaultdict(list))
        memory, cpu, got = defaultdict(list), defaultdict(list), defaultdict(int)

        def open_all(front: Front) -> None:
            server = {"the guard": "Doorkey", "nginx": "nginx"}.get(front.title, "")
            before, height = front.memory_kb(server) if server else 0, {}
            beats = BEATS if server else BEATS // 2

            def at_height(so_far: int) -> None:
                if server:
                    height.update(beats=so_far, kb=front.memory_kb(server), us=sum(front.cpu_us().values()))

            outcome = opened.beating(kind, front, cookie, MANY, beats, at_height)
            self.faults += [f"{what}, {front.title}: {fault}" for fault in outcome.faults[:5]]
            late["p50"][front.title].append(outcome.p50())
            late["p99"][front.title].append(outcome.p99())
            got[front.title] += len(outcome.lateness_ms)
            if server:
                memory[front.title].append((height["kb"] - before) / MANY)
                moved = len(outcome.lateness_ms) - height["beats"]
                cpu[front.title].append((sum(front.cpu_us().values()) - height["us"]) / moved)
            if outcome.opened_s > opened.OPENING_S:
                note(f"{front.title}: opening took {outcome.opened_s:.1f} s, so that first beats were late")

        for turn in range(OPEN_ROUNDS):
            with site.app() as app, site.around(app) as fronts:
                order = fronts[:3] if turn % 2 == 0 else fronts[2::-1]
                alternate(f"{what}, {turn + 1} of {OPEN_ROUNDS}", [lambda _, f=f: open_all(f) for f in order], 1, 0)
        asked = {"direct": MANY * (BEATS // 2) * OPEN_ROUNDS}
        arrived = (
            f"{got[title]:,} of {asked.get(title, MANY * BEATS * OPEN_ROUNDS):,}"
            for title in ("direct", "the guard", "nginx")
        )
        self.table.add(f"{MANY:,} {what}: beats that arrived", *arrived)
        for name in ("p50", "p99"):
            self.row(f"… lateness {name}, ms", late[name])
        self.row("… memory each, kB", memory)
        self.row("… CPU of the servers a beat, µs", cpu)

    def ended(self, site: Site, cookie: str) -> None:
        """Both kinds at once, and then their session ends."""
        note("the end of a session")
        with site.app() as app, site.around(app) as fronts:
            guard, nginx = fronts[1:3]
            both = {guard: MANY, nginx: FEW}
            took = opened.ended_after(both, cookie, ENDED_S, lambda: sign_out(guard.port, cookie))
        for kind, what in [(opened.stream, "event streams"), (opened.web_socket, "web sockets")]:
            ends, others = took[guard.title, kind], FEW - len(took[nginx.title, kind])
            last = f"{len(ends):,} of {MANY:,}, the last after {max(ends, default=0):.1f} s"
            self.table.add(f"{what} that ended after a sign-out", NONE, last, f"{others} of {FEW} still open then")
            if len(ends) < MANY:
                self.faults.append(f"{MANY - len(ends)} {what} did not end within {ENDED_S} s of a sign-out")

    def forged(self, site: Site, cookie: str) -> None:
        """Once, since nothing of it is a matter of time."""
        note("forged fields")
        with site.app() as app, site.around(app) as fronts:
            guard, nginx = (forged.send(front, cookie) for front in fronts[1:3])
        title = f"forged fields in {guard.tried} requests: names that arrived"
        cells = (", ".join(sorted(outcome.arrived)) or "none" for outcome in (guard, nginx))
        self.table.add(title, NONE, *cells)
        self.table.add("… requests that were refused", NONE, str(guard.refused), str(nginx.refused))
        if guard.arrived:
            self.faults.append(f"forged fields came through the guard: {sorted(guard.arrived)}")
        if guard.lost:
            self.faults.append(f"true fields were taken away by {sorted(guard.lost)}")


def allow_files() -> None:
    """A connection is two of them in whatever stands between; what is started inherits this."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most < FILES:
        raise RuntimeError(f"ulimit -Hn is {most}: {FILES} open files are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, most))


def main() -> int:
    end_after(LIMIT_S)
    before, began, failure, bench = report.load_average(), time.monotonic(), None, Bench()
    try:
        allow_files()
        bench.run()
    except (Ended, RuntimeError, OSError, ValueError, LookupError, subprocess.SubprocessError) as error:
        failure = error
    said = subprocess.run([bench.nginx, "-v"], capture_output=True, text=True, check=True, timeout=30).stderr
    print(f"{report.machine()}; {report.versions(sys.executable, bench.psql)}, {said.strip()}")
    print(f"load average {before} before, {report.load_average()} after; {time.monotonic() - began:.0f} s")
    print("medians of the rounds (least–most)\n")
    print(bench.table.text())
    for fault in bench.faults:
        print(f"\nFAILED: {fault}")
    if failure:
        print(f"\nNOT COMPLETE: {failure}")
    return 1 if failure or bench.faults else 0


if __name__ == "__main__":
    sys.exit(main())
