// Puts the functions behind one origin, as the platform's rewrites do: by path, everything else passed on as it is.
import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import { basename, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const { rewrites } = JSON.parse(readFileSync(join(root, "vercel.json"), "utf8"));

/** The functions there are: one a file of `api/`. */
export const FUNCTIONS = readdirSync(join(root, "api")).map((file) => basename(file, ".rs"));

/** Which function serves which path, as a browser sees it: its own, and those that the platform rewrites to it. */
export const FUNCTION_OF = Object.fromEntries([
  ...FUNCTIONS.map((name) => [`/api/${name}`, name]),
  ...rewrites.map(({ source, destination }) => [source, /^\/api\/([^?/]+)/.exec(destination)[1]]),
]);

/** The function for a path, as the platform finds it: a source is a pattern, and so may have a part in parentheses. */
const patterns = Object.entries(FUNCTION_OF).map(([source, name]) => [new RegExp(`^${source}$`), name]);
const functionFor = (path) => patterns.find(([pattern]) => pattern.test(path))?.[1];

/** Listen for functions whose own ports are `ports[name]`, to be filled in later; returns `port` and `stop`. */
export async function startRouter(ports) {
  const server = http.createServer((request, response) => {
    const name = functionFor(request.url.split("?")[0]);
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
