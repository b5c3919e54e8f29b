// The protocol by which the platform runs a function: a Unix socket on which the function says that it has started
// and that a request has ended, and HTTP to its port.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";

export async function freePort() {
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

  /** Start the program with these settings, and wait until it says so, which takes `startedIn` milliseconds. */
  static async start(name, executable, folder, settings) {
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
    self.#child = spawn(executable, [], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...settings, VERCEL: "1", VERCEL_IPC_PATH: socket, VERCEL_DEV_PORT: String(self.#port) },
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

  get pid() {
    return this.#child.pid;
  }

  /** What it has logged so far. */
  get said() {
    return this.#said;
  }

  #take({ type, payload }) {
    if (type === "end") this.#ended.get(payload.context.requestId)?.();
  }

  /** A request in the platform's words, to be ended by the caller; `ended` is when the function says that it is. */
  open(method, path, headers) {
    this.#requests += 1;
    const id = this.#requests;
    const ended = new Promise((resolve) => this.#ended.set(id, resolve)).finally(() => this.#ended.delete(id));
    const outgoing = request({
      host: "127.0.0.1", port: this.#port, method, path, agent: false,
      headers: { ...headers, "x-vercel-internal-invocation-id": `inv-${id}`, "x-vercel-internal-request-id": String(id) },
    });
    return { outgoing, ended };
  }

  /** Send a request; its answer, once the function has said that it ended. */
  async call(method, path, { headers = {}, body } = {}) {
    const { outgoing, ended } = this.open(method, path, { ...(body && { "content-type": "application/json" }), ...headers });
    outgoing.end(body && JSON.stringify(body));
    const [incoming] = await within(10, `${method} ${path}`, once(outgoing, "response"));
    let text = "";
    for await (const part of incoming.setEncoding("utf8")) text += part;
    await within(10, `the end of ${method} ${path}`, ended);
    return { status: incoming.statusCode, headers: incoming.headers, json: text && JSON.parse(text) };
  }

  /** SIGTERM; the exit code. */
  async stop() {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const [code] = await within(5, "stopping", exited);
    return code;
  }
}
