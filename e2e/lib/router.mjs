// Puts the functions behind one origin, as the platform's rewrites do: by path, everything else passed on as it is.
import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import { basename, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const { rewrites } = JSON.parse(readFileSync(join(root, "vercel.json"), "utf8"));

/** The functions there are: one a file of `api/`. */
export const FUNCTIONS = readdirSync(join(root, "api")).map((file) => basename(file, ".rs"));

/** `(.*)`, which is all that a source has of patterns, stands here for this. */
const PARAMETER = "a-parameter";

const quoted = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/**
 * The paths of each function, as a browser sees them: its own, and those that the platform rewrites to it, in the
 * order in which they count. `path` is one of the kind, `pattern` knows all.
 */
export const ROUTES = [
  ...FUNCTIONS.map((name) => ({ name, source: `/api/${name}` })),
  ...rewrites.map(({ source, destination }) => ({ name: /^\/api\/([^?/]+)/.exec(destination)[1], source })),
].map(({ name, source }) => ({
  name,
  path: source.replaceAll("(.*)", PARAMETER),
  pattern: new RegExp(`^${source.split("(.*)").map(quoted).join("(.*)")}$`),
}));

/** The function that a path leads to, if any. */
export const functionOf = (path) => ROUTES.find(({ pattern }) => pattern.test(path))?.name;

/** Listen for functions whose own ports are `ports[name]`, to be filled in later; returns `port` and `stop`. */
export async function startRouter(ports) {
  const server = http.createServer((request, response) => {
    const name = functionOf(request.url.split("?")[0]);
    if (!name) return response.writeHead(404).end();
    const options = {
      host: "127.0.0.1",
      port: ports[name],
      method: request.method,
      path: request.url,
      headers: request.rawHeaders,
      agent: false,
    };
    const upstream = http.request(options, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    upstream.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    return request.pipe(upstream);
  });
  await new Promise((done, fail) => server.once("error", fail).listen(0, "127.0.0.1", done));
  const stop = () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
  return { port: server.address().port, stop };
}
