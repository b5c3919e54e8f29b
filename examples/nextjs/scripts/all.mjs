// usage: node scripts/all.mjs dev|preview|start
// Runs everything together: Doorkey (cargo run), the chat's back end, and Next.js: for development, or as it is in
// production, where `preview` builds it first. Ctrl-C ends all of it, and so does the end of any one of them. Accounts
// and mails are in ./data; the links in mails are printed here as well.
//   PORT=3000 DOORKEY_PORT=7860 CHAT_PORT=8000   where they listen
//   DOORKEY_BIN=PATH   a built binary in place of `cargo run`; every setting of Doorkey (.env.example) counts
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { watchMails } from "./mails.mjs";

const mode = process.argv[2];
if (!["dev", "preview", "start"].includes(mode)) {
  console.error("usage: node scripts/all.mjs dev|preview|start");
  process.exit(2);
}
const here = resolve(import.meta.dirname, "..");
const { PORT: port = "3000", DOORKEY_PORT: doorkeyPort = "7860", CHAT_PORT: chatPort = "8000", ...given } = process.env;
const app = `http://localhost:${port}`;
const doorkey = `http://127.0.0.1:${doorkeyPort}`;
const chat = `http://127.0.0.1:${chatPort}`;
const data = join(here, "data");
mkdirSync(data, { recursive: true });

/** Doorkey's settings; what is set outside counts more. */
const settings = {
  PORT: doorkeyPort,
  // Users reach it through the app, so that is where mailed links lead.
  PUBLIC_URL: app,
  FRONTEND_URL: app,
  SERVICE_NAME: "Parrot",
  MAIL_URL: `file:${join(data, "mails.jsonl")}`,
  REQUIRE_EMAIL_VERIFICATION: "on",
  // Its tokens are for the chat alone.
  JWT_AUDIENCE: chat,
  LOG: "warn",
};

const running = new Set();
let stopping;

/** Start a program. When it ends, so does everything, unless it is `finite` and did well. */
function start(name, command, args, env, { finite = false } = {}) {
  // A process group of its own: Ctrl-C must reach us alone, and stopping it must reach whatever it started.
  const child = spawn(command, args, { cwd: here, env: { ...given, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  running.add(child);
  const ended = new Promise((done) => child.once("exit", done));
  for (const stream of [child.stdout, child.stderr]) prefix(name, stream);
  child.once("error", (error) => end(`${name} does not start: ${error.message}`));
  child.once("exit", (code, signal) => {
    running.delete(child);
    if (!stopping && (code !== 0 || !finite)) void end(`${name} has ended (${code ?? signal}).`);
  });
  return ended;
}

/** Print what it says, each line with its name in front. */
function prefix(name, stream) {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) console.log(`${name.padEnd(7)} │ ${line}`);
  });
}

/** Stop everything, by force what does not heed that for 12 seconds, and leave. */
function end(because, status = 1) {
  stopping ??= (async () => {
    if (because) console.error(because);
    signal("SIGTERM");
    for (let tick = 0; tick < 120 && running.size > 0; tick += 1) await sleep(100);
    signal("SIGKILL");
    process.exit(status);
  })();
  return stopping;
}

function signal(which) {
  for (const child of running) {
    try {
      process.kill(-child.pid, which);
    } catch {
      // It has ended meanwhile.
    }
  }
}

process.once("SIGINT", () => end("", 0));
process.once("SIGTERM", () => end("", 0));
process.once("SIGHUP", () => end("", 0));

const env = { ...settings, ...pick(given, Object.keys(settings)), PORT: doorkeyPort };
if (given.DOORKEY_BIN) start("doorkey", given.DOORKEY_BIN, [], env);
else start("doorkey", "cargo", ["run", "--manifest-path", resolve(here, "../../Cargo.toml")], env);
const tokens = { JWKS_URL: `${doorkey}/api/auth/jwks`, JWT_ISSUER: env.PUBLIC_URL, JWT_AUDIENCE: env.JWT_AUDIENCE };
start("chat", process.execPath, ["echo/server.mjs"], { ...tokens, PORT: chatPort });
if (env.MAIL_URL.startsWith("file:")) watchMails(env.MAIL_URL.slice(5), (line) => console.log(`mail    │ ${line}`));
const next = (args, options) =>
  start("next", process.execPath, [join(here, "node_modules/next/dist/bin/next"), ...args], {
    // The build has to know it as well: doorkey.next.ts.
    DOORKEY_URL: doorkey,
    CHAT_URL: chat,
    NEXT_TELEMETRY_DISABLED: "1",
  }, options);
if (mode === "preview") await next(["build"], { finite: true });
if (stopping) await stopping;
await listening(`${doorkey}/health`);
next([mode === "dev" ? "dev" : "start", "--hostname", "localhost", "--port", port]);

/** Compiling for the first time takes minutes. Should it fail instead, its end ends us. */
async function listening(url) {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
}

function pick(from, names) {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]));
}
