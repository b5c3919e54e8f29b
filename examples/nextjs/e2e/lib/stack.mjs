// Starts the app as `npm run preview` does after its build: Doorkey, the chat and Next.js, and ends all of it.
// scripts/nextjs says where: NEXTJS_APP (a built copy), DOORKEY_BIN, DOORKEY_PORT (which the build knows), NEXTJS_LOGS.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const START_DEADLINE_MS = 30_000;
const MAIL_DEADLINE_MS = 5_000;
const app = process.env.NEXTJS_APP;
const logs = process.env.NEXTJS_LOGS ?? tmpdir();

/** Start everything with these settings of Doorkey on top. */
export async function startStack(name, settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), "doorkey-nextjs."));
  const mails = join(folder, "mails.jsonl");
  const port = await freePort();
  const database = databaseFor(name, folder);
  const log = join(logs, `${name}.log`);
  const output = openSync(log, "w");
  const child = spawn(process.execPath, ["scripts/all.mjs", "start"], {
    cwd: app,
    env: {
      ...process.env,
      PORT: String(port),
      CHAT_PORT: String(await freePort()),
      DATABASE_URL: database.url,
      SECRET_KEY: randomBytes(32).toString("base64"),
      MAIL_URL: `file:${mails}`,
      ...settings,
    },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const ended = new Promise((done) => child.once("exit", done));
  process.once("exit", () => child.kill("SIGTERM"));
  const stack = { pid: child.pid, origin: `http://localhost:${port}`, mailTo: (to, subject) => mailTo(mails, to, subject), stop };
  await Promise.race([answers(stack.origin), ended]);
  if (child.exitCode !== null) throw new Error(`it does not start:\n${readFileSync(log, "utf8")}`);
  return stack;

  async function stop() {
    child.kill("SIGTERM");
    await ended;
    database.drop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Stop Doorkey where it is: it takes connections and says nothing. Returns the function that lets it go on. */
export function freeze({ pid }) {
  const list = spawnSync("ps", ["-o", "pid=,comm=", "--ppid", String(pid)], { encoding: "utf8" }).stdout;
  const doorkey = Number(list.match(/(\d+) doorkey/)?.[1]);
  process.kill(doorkey, "SIGSTOP");
  return () => process.kill(doorkey, "SIGCONT");
}

/** The app and, behind it, Doorkey. */
async function answers(origin) {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(`${origin}/api/auth/ok`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error("it does not answer");
}

/** A database of its own: a file, or one on the Postgres that the script started. */
function databaseFor(name, folder) {
  const server = process.env.DOORKEY_TEST_POSTGRES;
  if (!server) return { url: `sqlite:${join(folder, "doorkey.db")}`, drop() {} };
  const url = new URL(server);
  url.pathname = `/nextjs_${name}_${randomBytes(4).toString("hex")}`;
  const sql = (statement) => {
    const { status, stderr } = spawnSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server, "-c", statement]);
    if (status !== 0) throw new Error(`psql: ${stderr}`);
  };
  sql(`create database ${url.pathname.slice(1)}`);
  return { url: url.href, drop: () => sql(`drop database ${url.pathname.slice(1)} with (force)`) };
}

/** The newest mail to that address whose subject matches, once it is there: {subject, text, link}. Each is given once. */
const given = new Set();
async function mailTo(file, to, subject) {
  const deadline = Date.now() + MAIL_DEADLINE_MS;
  while (Date.now() < deadline) {
    for (const line of linesOf(file).reverse()) {
      const mail = JSON.parse(line);
      if (given.has(line) || mail.to !== to || !subject.test(mail.subject)) continue;
      given.add(line);
      return { ...mail, link: mail.text.match(/https?:\/\/\S+/)?.[0] };
    }
    await sleep(50);
  }
  throw new Error(`no mail ${subject} to ${to}; there are ${linesOf(file).map((line) => JSON.parse(line).subject)}`);
}

function linesOf(file) {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch {
    return [];
  }
}

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
