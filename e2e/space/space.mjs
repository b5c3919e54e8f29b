// The example Space, as its own README and Dockerfile start it: Doorkey, and behind it the app, in a copy of the folder.
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withoutChromium } from "../browser/chromium.mjs";
import { temporaryFolder } from "../lib/folders.mjs";
import { OUTBOX } from "../lib/mails.mjs";
import { newKey } from "../lib/secrets.mjs";
import { freePort, startProgram } from "../lib/servers.mjs";

const example = resolve(import.meta.dirname, "../../examples/fastapi-space");
/** The environment that the README's commands make; `scripts/space` did. */
const venv = process.env.DOORKEY_SPACE_VENV;

/** Why what needs the Space is skipped, or false. */
export const withoutSpace = withoutChromium || (!venv && "scripts/space runs it: DOORKEY_SPACE_VENV is not set");

/** What a Space sets; and that its people confirm their address. */
export const PLATFORM = { SPACE_ID: "team/auth", SPACE_HOST: "team-auth.hf.space" };
const COMMON = { REQUIRE_EMAIL_VERIFICATION: "on", MAIL_FROM: "Library <no-reply@example.com>", PYTHONDONTWRITEBYTECODE: "1", ...OUTBOX };

/** The last line of the README's first block, which starts it on a machine of one's own. */
const readmeCommand = () =>
  /```sh\n(.*?)```/s.exec(readFileSync(join(example, "README.md"), "utf8"))[1].trim().split("\n").at(-1).split(" ");

/** What the container runs. */
function containerCommand() {
  const dockerfile = readFileSync(join(example, "Dockerfile"), "utf8");
  return ["ENTRYPOINT", "CMD"].flatMap((word) => JSON.parse(new RegExp(`^${word} (.*)$`, "m").exec(dockerfile)[1]));
}

/**
 * Start it: on a machine of one's own, or, with `env` saying that it is one, as a Space. Without a `network` of its own
 * the app listens at a free port and not at the 8000 of the commands. Returns where it is, `restart` and `stop`.
 */
export async function startSpace({ env = {}, network } = {}) {
  const folder = temporaryFolder("e2e-space");
  cpSync(example, folder, { recursive: true });
  mkdirSync(join(folder, "tmp"));
  symlinkSync(venv, join(folder, ".venv"));
  const settings = { ...COMMON, SECRET_KEY: newKey(), TMPDIR: join(folder, "tmp"), ...env };
  const command = settings.SPACE_ID ? containerCommand() : readmeCommand();
  const [program, ...args] = command;
  const port = network ? 8000 : await freePort();
  if (!network) {
    args[args.indexOf("8000")] = String(port);
    settings.UPSTREAM_URL = `http://127.0.0.1:${port}`;
    if (settings.SPACE_ID) settings.HOST = "127.0.0.1";
  }
  const path = `${join(folder, ".venv/bin")}:${process.env.PATH}`;
  const start = (more) =>
    startProgram(program, { env: { ...settings, PATH: path, ...more }, folder, args, network, port: space.port ?? (network && 7860) });
  const space = { folder, key: settings.SECRET_KEY };
  const began = performance.now();
  Object.assign(space, await start({}));
  space.took = { doorkey: performance.now() - began };
  /** Again at the same port, with `more` variables, and the app so many seconds later. */
  space.restart = async (more, seconds) => {
    await space.stop();
    const late = ["sh", "-c", `sleep ${seconds}; exec "$@"`, "sh"];
    args.splice(1, 0, ...late);
    Object.assign(space, await start(more));
    args.splice(1, late.length);
  };
  if (!network) {
    await listens(port);
    space.took.app = performance.now() - began;
  }
  return space;
}

/** Wait until somebody listens there. */
async function listens(port) {
  const tries = () =>
    new Promise((done) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => done(true)).once("error", () => done(false)).once("close", () => socket.destroy());
      socket.once("connect", () => socket.destroy());
    });
  for (let tick = 0; !(await tries()); tick += 1) {
    if (tick === 600) throw new Error(`nobody listens at ${port}`);
    await sleep(50);
  }
}
