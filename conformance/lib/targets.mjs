// The servers that a story is told to: each a process on a free port of 127.0.0.1 with a database of its own.
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../../e2e/lib/folders.mjs";
import { createDatabase } from "../../e2e/lib/postgres.mjs";
import { freePort } from "../../e2e/lib/servers.mjs";
import { ageRows, resign } from "./age.mjs";
import { exchange } from "./http.mjs";
import { environment, frontendOf, SECRET } from "./settings.mjs";

const START_DEADLINE_MS = 60_000;
const folders = temporaryFolder("conformance");
const root = resolve(import.meta.dirname, "../..");

/** How each side is started; the name of a side is also that of its settings. */
const PROGRAMS = {
  reference: () => [process.execPath, [join(root, "conformance/reference/server.mjs")]],
  doorkey: () => [process.env.DOORKEY_BIN ?? join(root, "target/debug/doorkey"), []],
};

/** Whatever still runs when this process ends, however it ends, ends with it. */
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Start a side under a story's settings on a fresh database of that kind ("sqlite" or "postgres"). Returns what a
 * story needs: {name, origin, host, port, secret, frontend, mailFile, age, reage}, and `stop`.
 */
export async function startTarget(name, settings, kind) {
  const folder = mkdtempSync(join(folders, `${name}.`));
  const made = kind === "postgres" ? await createDatabase() : { url: `sqlite:${join(folder, "data.db")}`, drop: () => {} };
  const port = await freePort();
  const mailFile = join(folder, "mails.jsonl");
  const program = launch(name, environment(name, settings, { port, database: made.url, mailFile }), folder);
  const origin = settings.https ?? `http://localhost:${port}`;
  const target = {
    name,
    origin,
    host: new URL(origin).host,
    port,
    secret: SECRET,
    frontend: frontendOf(settings),
    mailFile,
    age: (email, seconds) => ageRows(name, made.url, email, seconds),
    reage: (token, seconds) => (name === "reference" ? resign(token, seconds, SECRET) : token),
    async stop() {
      await program.stop();
      await made.drop();
    },
  };
  if (!(await answers(target, program))) {
    const said = readFileSync(program.log, "utf8").slice(-4000);
    await target.stop();
    throw new Error(`${name} does not answer:\n${said}`);
  }
  return target;
}

function launch(name, env, folder) {
  const [command, args] = PROGRAMS[name]();
  const log = join(folder, "log");
  const output = openSync(log, "a");
  const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", output, output] });
  closeSync(output);
  running.add(child);
  const ended = new Promise((done) => {
    child.once("error", done);
    child.once("exit", done);
  }).finally(() => running.delete(child));
  return {
    log,
    hasEnded: () => !running.has(child),
    async stop() {
      child.kill("SIGTERM");
      const late = sleep(5000, "late", { ref: false });
      if ((await Promise.race([ended, late])) === "late") child.kill("SIGKILL");
      await ended;
    },
  };
}

async function answers(target, program) {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline && !program.hasEnded()) {
    try {
      if ((await exchange(target, { method: "GET", path: "/api/auth/ok" })).status === 200) return true;
    } catch {
      // It does not listen yet.
    }
    await sleep(20);
  }
  return false;
}
