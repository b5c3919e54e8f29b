// AWS's side of a deployed template: the HTTP API with its routes, which makes an event of a request and an answer of
// what came back (payload format 2.0), and the runtime API, from which a function takes its events.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";

/** The address that the API saw. */
export const CLIENT = "203.0.113.7";
const HOST = "auth.example.com";
export const ORIGIN = `https://${HOST}`;
const NEXT = "/2018-06-01/runtime/invocation/next";
const OUTCOME = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/;
const RESERVED = /^(AWS_|LAMBDA_)/;

/** The route of a path without its query, and what its variable part caught; exact ones come first. */
export function routeOf(routes, path) {
  const exact = routes.find((route) => route.path === path);
  if (exact) return { ...exact, parameters: undefined };
  for (const route of routes) {
    const pattern = route.path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
    const caught = new RegExp(`^${pattern}$`).exec(path);
    if (caught) return { ...route, parameters: { ...caught.groups } };
  }
  return undefined;
}

/** The event of a request that came by that route. */
function eventOf(route, method, target, { headers = {}, body }, encoded) {
  const [path, query = ""] = target.split("?");
  const { cookie, ...others } = headers;
  const text = body && JSON.stringify(body);
  const key = `ANY ${route.path}`;
  return {
    version: "2.0",
    routeKey: key,
    rawPath: decodeURIComponent(path),
    rawQueryString: query,
    ...(cookie && { cookies: cookie.split("; ") }),
    headers: {
      host: HOST, "x-forwarded-for": CLIENT, "x-forwarded-port": "443", "x-forwarded-proto": "https",
      "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e", "content-length": String(text?.length ?? 0),
      ...(text && { "content-type": "application/json" }), ...others,
    },
    ...(query && { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    ...(route.parameters && { pathParameters: route.parameters }),
    requestContext: {
      accountId: "123456789012", apiId: "a1b2c3d4e5", domainName: HOST, domainPrefix: "auth",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: CLIENT, userAgent: "any" },
      requestId: "JKJaXmPLvHcESHA=", routeKey: key, stage: "$default",
      time: "24/Nov/2026:15:00:00 +0000", timeEpoch: 1_795_532_400_000,
    },
    ...(text && { body: encoded ? Buffer.from(text).toString("base64") : text }),
    isBase64Encoded: Boolean(text && encoded),
  };
}

/** The answer that the API makes of what a function returned. */
function answerOf({ statusCode, headers = {}, cookies = [], body = "", isBase64Encoded = false }) {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  // A second one would be lost in a map of single values.
  assert.ok(!("set-cookie" in lower), "a cookie stands among the headers");
  const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
  const isJson = lower["content-type"]?.startsWith("application/json");
  return {
    status: statusCode,
    headers: { ...lower, ...(cookies.length > 0 && { "set-cookie": cookies }) },
    json: isJson ? JSON.parse(text) : text,
  };
}

/** One instance of a function. */
export class Instance {
  #child;
  #api;
  #routes;
  #encoded;
  #waiting; // the answer to the function's question for an event
  #events = [];
  #outcomes = new Map(); // by the invocation's id: what to call with its outcome
  #said = "";

  /** Start `bootstrap` of a folder, where its archive was unpacked, until it asks for its first event. */
  static async start({ folder, memory, environment }, routes, encoded) {
    const self = new Instance();
    self.#routes = routes;
    self.#encoded = encoded;
    const asked = new Promise((resolve) => (self.asked = resolve));
    self.#api = createServer((request, answer) => self.#serve(request, answer)).listen(0, "127.0.0.1");
    await once(self.#api, "listening");
    assert.ok(!Object.keys(environment).some((name) => RESERVED.test(name)), "AWS sets these itself");
    const from = performance.now();
    self.#child = spawn(join(folder, "bootstrap"), [], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...environment, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${self.#api.address().port}`,
        AWS_LAMBDA_FUNCTION_NAME: "doorkey", AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory), AWS_REGION: "eu-central-1", LAMBDA_TASK_ROOT: folder,
        _HANDLER: "bootstrap", TZ: ":UTC", LANG: "en_US.UTF-8", PATH: "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
      },
    });
    for (const stream of [self.#child.stdout, self.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (self.#said += text));
    }
    self.gone = once(self.#child, "exit").then(([code]) => {
      throw new Error(`${folder} ended with ${code}: ${self.#said}`);
    });
    self.gone.catch(() => {}); // it may end later, when told to
    await Promise.race([asked, self.gone]);
    self.startedIn = performance.now() - from;
    return self;
  }

  async #serve(request, answer) {
    if (request.method === "GET" && request.url === NEXT) {
      this.#waiting = answer;
      this.asked();
      this.#hand();
      return;
    }
    const [, id, kind] = OUTCOME.exec(request.url) ?? [];
    let text = "";
    for await (const part of request.setEncoding("utf8")) text += part;
    answer.writeHead(this.#outcomes.has(id) ? 202 : 404).end();
    this.#outcomes.get(id)?.(kind === "response" ? JSON.parse(text) : { failed: text });
  }

  #hand() {
    if (!this.#waiting || this.#events.length === 0) return;
    const { id, event } = this.#events.shift();
    this.#waiting.writeHead(200, {
      "content-type": "application/json", "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(Date.now() + 30_000),
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-central-1:123456789012:function:doorkey",
    });
    this.#waiting.end(JSON.stringify(event));
    this.#waiting = undefined;
  }

  /** A request that the API leads here; its answer. */
  async call(method, target, request) {
    const route = routeOf(this.#routes, target.split("?")[0]);
    const id = crypto.randomUUID();
    const outcome = new Promise((resolve) => this.#outcomes.set(id, resolve));
    this.#events.push({ id, event: eventOf(route, method, target, request, this.#encoded) });
    this.#hand();
    const returned = await Promise.race([outcome, this.gone]);
    assert.ok(!returned.failed, `${method} ${target}: ${returned.failed}`);
    return answerOf(returned);
  }

  /** By force, as the platform does it to a function that has no extensions. */
  async stop() {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
    this.#api.closeAllConnections();
    this.#api.close();
  }
}
