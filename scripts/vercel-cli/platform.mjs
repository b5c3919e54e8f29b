// Vercel's side of a built project: its output folder, its routes, and the protocol by which it runs a function: a
// Unix socket on which the function says that it has started and that a request has ended, and HTTP to its port.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";

/** The project that was built, and where its output is. */
export const APP = process.env.DOORKEY_VERCEL_APP;
export const OUTPUT = join(APP, ".vercel/output");
const read = (...path) => readFileSync(join(...path), "utf8");
export const SETTINGS = JSON.parse(read(APP, "vercel.json"));
export const ROUTES = JSON.parse(read(OUTPUT, "config.json")).routes;

/** Every function of the output that is an executable, by its name: its configuration, and the program. */
export const FUNCTIONS = Object.fromEntries(
  readdirSync(join(OUTPUT, "functions"), { recursive: true })
    .filter((path) => path.endsWith(".func"))
    .map((path) => [path, JSON.parse(read(OUTPUT, "functions", path, ".vc-config.json"))])
    .filter(([, { runtime }]) => runtime === "executable")
    .map(([path, config]) => {
      const name = path.replace(/^api\//, "").replace(/\.func$/, "");
      return [name, { config, executable: join(APP, config.filePathMap.executable) }];
    }),
);

const HOST = "auth.example.com";
export const ORIGIN = `https://${HOST}`;
/** The address that the platform saw. */
export const CLIENT = "203.0.113.9";

/** Whether a route leads every request somewhere: those of Next.js also depend on headers, or only add to an answer. */
const leads = (route) => route.dest && !route.has && !route.missing && !route.continue && !route.status;

/** The route of a path without its query, if a rewrite made one. */
export const routeOf = (path) => ROUTES.find((route) => leads(route) && new RegExp(route.src).test(path));

/** Where a path leads: the function's own path, with what the rewrite adds, `$1` being what its `(.*)` caught. */
export function routed(path) {
  const [plain, query] = path.split("?");
  const route = routeOf(plain);
  const caught = route ? new RegExp(route.src).exec(plain) : [];
  const dest = route ? route.dest.replace(/\$(\d)/g, (_, number) => caught[number] ?? "") : plain;
  return query === undefined ? dest : `${dest}${dest.includes("?") ? "&" : "?"}${query}`;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A promise, given up after so many seconds. */
function within(seconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** One instance of a function. */
export class Instance {
  #child;
  #port;
  #ended = new Map(); // by the request's number: what to call when its `end` comes
  #requests = 0;
  #said = "";

  /** Start it with these settings, and wait until it says so, which takes `startedIn` milliseconds. */
  static async start(name, folder, settings) {
    const self = new Instance();
    const socket = join(folder, `${name}.sock`);
    let began;
    const started = new Promise((resolve) => {
      began = (message) => (message.type === "server-started" ? resolve(message.payload) : self.#take(message));
    });
    const server = createServer((stream) => {
      let rest = "";
      stream.setEncoding("utf8").on("data", (text) => {
        const messages = (rest + text).split("\0");
        rest = messages.pop();
        for (const message of messages) began(JSON.parse(message));
      });
    }).listen(socket);
    await once(server, "listening");
    server.unref();
    self.#port = await freePort();
    const from = performance.now();
    self.#child = spawn(FUNCTIONS[name].executable, [], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        VERCEL: "1", VERCEL_ENV: "production", VERCEL_URL: "doorkey-4f9a2c.vercel.app",
        VERCEL_PROJECT_PRODUCTION_URL: HOST, VERCEL_IPC_PATH: socket, VERCEL_DEV_PORT: String(self.#port),
        SECRET_KEY: process.env.DOORKEY_VERCEL_SECRET, ...settings,
      },
    });
    for (const stream of [self.#child.stdout, self.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (self.#said += text));
    }
    const gone = once(self.#child, "exit").then(([code]) => {
      throw new Error(`${name} ended with ${code}: ${self.#said}`);
    });
    gone.catch(() => {}); // it may end later, when told to
    const payload = await within(10, `${name} starts`, Promise.race([started, gone])).catch((error) => {
      self.#child.kill();
      throw error;
    });
    assert.equal(payload.httpPort, self.#port);
    self.startedIn = performance.now() - from;
    return self;
  }

  #take({ type, payload }) {
    if (type === "end") this.#ended.get(payload.context.requestId)?.();
  }

  /** Send a request as the platform does; its answer, once the function has said that it ended. */
  async call(method, path, { headers = {}, body } = {}) {
    this.#requests += 1;
    const id = this.#requests;
    const ended = new Promise((resolve) => this.#ended.set(id, resolve));
    const outgoing = request({
      host: "127.0.0.1", port: this.#port, method, path, agent: false,
      headers: {
        host: HOST, "x-real-ip": CLIENT,
        "x-vercel-internal-invocation-id": `inv-${id}`, "x-vercel-internal-request-id": String(id),
        ...(body && { "content-type": "application/json" }), ...headers,
      },
    });
    outgoing.end(body && JSON.stringify(body));
    const [incoming] = await within(10, `${method} ${path}`, once(outgoing, "response"));
    let text = "";
    for await (const part of incoming.setEncoding("utf8")) text += part;
    await within(10, `the end of ${method} ${path}`, ended);
    return { status: incoming.statusCode, headers: incoming.headers, json: text && JSON.parse(text) };
  }

  /** SIGTERM; the exit code. */
  async stop() {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const [code] = await within(5, "stopping", exited);
    return code;
  }
}
