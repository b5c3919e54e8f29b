// Starts and stops Doorkey's binaries, each on a free port, with its output in a log file of its own.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "./folders.mjs";

const binaries = process.env.DOORKEY_BIN_DIR ?? resolve(import.meta.dirname, "../../target/debug");
const logs = process.env.DOORKEY_E2E_LOGS ?? temporaryFolder("e2e-logs");
const START_DEADLINE_MS = 15_000;
const COMMAND_DEADLINE_MS = 30_000;

/** Whatever still runs when this process ends, however it ends, ends with it; what runs an app, when that has ended. */
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill(child.spawnargs.includes("--") ? "SIGTERM" : "SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Where a binary is, when it was built. */
export function programPath(name) {
  const path = join(binaries, name);
  if (!existsSync(path)) throw new Error(`${path} is not there: run cargo build, or set DOORKEY_BIN_DIR`);
  return path;
}

/** Where programs run unless they are given another network. */
const HERE = { enter: [], host: "127.0.0.1" };

/**
 * Start a binary and wait until it answers HTTP. `env` is all of its environment but PORT; `folder` its working
 * directory. Starts again on another port when somebody took the first, unless `port` is given. `network` is one of
 * its own: the words that enter it, and its host as seen from here.
 */
export async function startProgram(name, { env, folder, args = [], port, network = HERE }) {
  for (let attempt = 1; ; attempt += 1) {
    const program = await launch(name, { env, folder, args, network, port: port ?? (await freePort()) });
    if (await answers(program)) return program;
    const said = readFileSync(program.log, "utf8");
    await program.stop();
    if (attempt === 3 || !/in use/i.test(said)) throw new Error(`${name} does not answer:\n${said.slice(-4000)}`);
  }
}

function launch(name, { env, folder, args, network, port }) {
  const [path, ...words] = [...network.enter, programPath(name), ...args];
  const log = join(logs, `${name}-${port}.log`);
  const output = openSync(log, "a");
  const child = spawn(path, words, {
    cwd: folder,
    env: { ...env, PORT: String(port) },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  running.add(child);
  const ended = new Promise((done) => {
    child.once("error", (error) => done({ error }));
    child.once("exit", (code, signal) => done({ code, signal }));
  }).finally(() => running.delete(child));
  return {
    name,
    port,
    host: network.host,
    log,
    origin: `http://localhost:${port}`,
    /** Resolves to {code, signal} when the process is gone. */
    ended,
    hasEnded: () => !running.has(child),
    signal: (which) => child.kill(which),
    /** End it as a platform would; by force when it does not heed that. */
    async stop() {
      child.kill("SIGTERM");
      const late = sleep(12_000, "late", { ref: false });
      if ((await Promise.race([ended, late])) === "late") child.kill("SIGKILL");
      return ended;
    },
  };
}

/** A function answers 404 where it has no /health, and that will do: it listens. */
async function answers(program) {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline && !program.hasEnded()) {
    try {
      const response = await fetch(`http://${program.host}:${program.port}/health`, { signal: AbortSignal.timeout(2000) });
      await response.arrayBuffer();
      if (response.ok || (response.status === 404 && program.name !== "doorkey")) return true;
    } catch {
      // It does not listen yet.
    }
    await sleep(10);
  }
  return false;
}

/** Run a binary to its end, for commands such as `doorkey migrate`; throws unless it exits 0. */
export async function runProgram(name, args, { env, folder }) {
  const log = join(logs, `${name}-${args.join("-")}-${process.pid}.log`);
  const output = openSync(log, "a");
  const child = spawn(join(binaries, name), args, {
    cwd: folder,
    env,
    stdio: ["ignore", output, output],
    timeout: COMMAND_DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  closeSync(output);
  running.add(child);
  const end = await new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", (code, signal) => done(code ?? signal));
  }).finally(() => running.delete(child));
  if (end !== 0) throw new Error(`${name} ${args.join(" ")} ended with ${end}:\n${readFileSync(log, "utf8")}`);
}
