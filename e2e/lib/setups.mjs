// The set-ups that every journey runs in: one server or the functions apart, on SQLite and on Postgres.
import { after, before, describe } from "node:test";
import { temporaryFolder } from "./folders.mjs";
import { OUTBOX } from "./mails.mjs";
import { createDatabase, withoutPostgres } from "./postgres.mjs";
import { FUNCTIONS, startRouter } from "./router.mjs";
import { newKey } from "./secrets.mjs";
import { runProgram, startProgram } from "./servers.mjs";

/** The front end's origin in every set-up. */
export const FRONTEND = "http://localhost:3000";

/** For all tests of one description in one set-up: some seconds are usual. */
const DEADLINE_MS = 120_000;

const SETUPS = [
  { name: "server on SQLite", start: startServer },
  { name: "server on Postgres", start: startServer, postgres: {} },
  { name: "functions on SQLite", start: startFunctions },
  // As on a real platform: encrypted, the certificate verified.
  { name: "functions on Postgres over TLS", start: startFunctions, postgres: { verified: true } },
];

/**
 * Describe the same tests in every set-up. `tests` is called with the stack, whose fields (`origin`, `frontend`,
 * `port`, `key`, `folder`) are there once the tests run. `env` is added to the programs' environment.
 */
export function describeEach(title, tests, env = {}) {
  for (const setup of SETUPS) describeIn(setup, title, tests, env);
}

/** The same in the plainest set-up only: for what a database or a split cannot change. */
export const describeOnServer = (title, tests, env = {}) => describeIn(SETUPS[0], title, tests, env);

function describeIn(setup, title, tests, env) {
  describe(`${title}: ${setup.name}`, { skip: setup.postgres && withoutPostgres, timeout: DEADLINE_MS }, () => {
    const stack = {};
    before(async () => Object.assign(stack, await startStack(setup, env)));
    after(() => stack.stop?.());
    tests(stack);
  });
}

/** Start a set-up; `stop` takes down all of it, and so does a failure half-way. */
async function startStack(setup, env) {
  const undo = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const folder = temporaryFolder("e2e");
    const key = newKey();
    const common = {
      FRONTEND_URL: FRONTEND,
      SECRET_KEY: key,
      RATE_LIMIT: "off",
      // The most that is ever written, for the search for secrets in it.
      LOG: "trace",
      LOG_REQUESTS: "on",
      RUST_BACKTRACE: "1",
      // The default, the log, would show links and addresses.
      ...OUTBOX,
      ...env,
    };
    if (setup.postgres) {
      const database = await createDatabase(setup.postgres);
      undo.push(database.drop);
      common.DATABASE_URL = database.url;
    }
    const port = await setup.start({ env: common, folder, undo, onPostgres: Boolean(setup.postgres) });
    return { origin: `http://localhost:${port}`, frontend: common.FRONTEND_URL, port, key, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServer({ env, folder, undo }) {
  const server = await startProgram("doorkey", { env, folder });
  undo.push(server.stop);
  return server.port;
}

/** Each function on its own port, all behind one origin. On Postgres functions never migrate: that is deployment. */
async function startFunctions({ env, folder, undo, onPostgres }) {
  if (onPostgres) await runProgram("doorkey", ["migrate"], { env, folder });
  const ports = {};
  const router = await startRouter(ports);
  undo.push(router.stop);
  const shared = { ...env, PUBLIC_URL: `http://localhost:${router.port}` };
  const starting = FUNCTIONS.map((name) => startProgram(name, { env: shared, folder }));
  const started = await Promise.allSettled(starting);
  const programs = started.filter((each) => each.value).map((each) => each.value);
  undo.push(() => Promise.all(programs.map((program) => program.stop())));
  const failed = started.find((each) => each.reason);
  if (failed) throw failed.reason;
  for (const program of programs) ports[program.name] = program.port;
  return router.port;
}
