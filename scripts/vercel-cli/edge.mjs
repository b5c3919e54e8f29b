// A stand-in for Vercel's edge: one HTTPS server for all hosts of a deployment. It lets into protected hosts only whom
// they know, tells in headers who asked and where, and leads by the routes of the output to the functions, and else to
// the server of Next.js.
import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:https";

/** What it says of the client, whatever the client says. */
const CLIENT = "203.0.113.9";
/** Headers that belong to one connection alone (RFC 9110 §7.6.1). */
const OF_THE_CONNECTION = ["connection", "keep-alive", "transfer-encoding", "upgrade", "te", "proxy-connection"];
/** Headers that nobody but the platform may set. */
const OF_THE_PLATFORM = /^(?:x-forwarded-.*|forwarded|x-real-ip|x-vercel-.*)$/;

/**
 * Start it at `port`, with the certificate of `tls`.
 *   output, instances   what was built (output.mjs), and an instance of each function, by its name
 *   next                the port of Next.js
 *   hosts               {open, closed}: to the closed ones leads the cookie `admits(host)`, or the header with `bypass`
 *   tells               what functions are told: "browser", the browser's path, or "rewritten"
 */
export async function startEdge({ port, tls, output, instances, next, hosts, bypass, tells }) {
  const server = createServer(tls, (asked, answer) => {
    const { host } = asked.headers;
    if (![...hosts.open, ...hosts.closed].includes(host)) return refuse(answer, 404, "DEPLOYMENT_NOT_FOUND");
    if (hosts.closed.includes(host) && !admitted(asked, bypass)) return refuse(answer, 401, "Authentication Required");
    const target = output.routed(asked.url);
    const instance = instances[output.functionAt(target)];
    const outgoing = instance
      ? instance.open(asked.method, tells === "browser" ? asked.url : target, headersFor(asked)).outgoing
      : request({ host: "127.0.0.1", port: next, method: asked.method, path: asked.url, headers: headersFor(asked) });
    pass(asked, outgoing, answer);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** The cookie by which a protected host knows a member of the project's team. */
export const admits = (host) => `_vercel_jwt=for-${host}`;

function admitted({ headers }, bypass) {
  const cookies = (headers.cookie ?? "").split(/; */);
  return cookies.includes(admits(headers.host)) || (bypass && headers["x-vercel-protection-bypass"] === bypass);
}

function headersFor({ headers }) {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_PLATFORM.test(name) && !OF_THE_CONNECTION.includes(name));
  return {
    ...Object.fromEntries(kept),
    "x-forwarded-host": headers.host, "x-forwarded-proto": "https", "x-forwarded-port": "443",
    "x-forwarded-for": CLIENT, "x-real-ip": CLIENT, "x-vercel-forwarded-for": CLIENT,
    forwarded: `for=${CLIENT};host=${headers.host};proto=https`,
    "x-vercel-id": "fra1::abcde-1764000000000-0123456789ab", "x-vercel-ip-country": "DE",
  };
}

/** The request on its way, and the answer back, piece by piece; who goes away is gone on the other side, too. */
function pass(asked, outgoing, answer) {
  outgoing.once("response", (incoming) => {
    const headers = Object.entries(incoming.headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
    answer.writeHead(incoming.statusCode, { ...Object.fromEntries(headers), server: "Vercel" });
    answer.flushHeaders();
    incoming.pipe(answer);
    incoming.once("error", () => answer.destroy());
  });
  outgoing.once("error", () => (answer.headersSent ? answer.destroy() : refuse(answer, 502, "FUNCTION_INVOCATION_FAILED")));
  answer.once("close", () => outgoing.destroy());
  asked.pipe(outgoing);
}

function refuse(answer, status, text) {
  if (answer.destroyed) return;
  answer.writeHead(status, { "content-type": "text/plain", server: "Vercel" });
  answer.end(text);
}
