// A program that the tests start.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Long enough for a build on a busy machine. */
const START_DEADLINE_MS = 300_000;

/** Start `node` with these arguments, and wait until `url` answers well; {pid, stop}. It ends with us at the latest. */
export async function startNode(name, args, { cwd, env, url }) {
  const log = join(process.env.NEXTJS_LOGS ?? tmpdir(), `${name}.log`);
  const output = openSync(log, "w");
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", output, output] });
  closeSync(output);
  const ended = new Promise((done) => child.once("exit", done));
  const end = () => child.kill("SIGTERM");
  process.once("exit", end);
  const stop = async () => {
    end();
    await ended;
    process.off("exit", end);
  };
  try {
    await Promise.race([answers(url), ended]);
  } catch (error) {
    await stop();
    throw error;
  }
  if ((child.exitCode ?? child.signalCode) !== null) throw new Error(`${name} does not start:\n${readFileSync(log, "utf8")}`);
  return { pid: child.pid, stop };
}

async function answers(url) {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
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
