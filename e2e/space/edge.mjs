// A stand-in for the edge of Hugging Face's Spaces, and for the site that shows a Space within its page: one HTTPS
// server for all their hosts, and for a site that has no business showing it.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";

const SPACE = "team-auth.hf.space";
export const ORIGIN = `https://${SPACE}`;
/** Where the Space's page is, and the page of somebody else who shows it. */
export const HUB = "https://huggingface.co/spaces/team/auth";
export const STRANGER = "https://stranger.example/";

/** A cookie that it sets beside ours, as third parties did before there were partitions. */
const OF_OLD = "plain=1; Path=/; HttpOnly; Secure; SameSite=None";

/** What it says of the client; a header of the client's own stands before it. */
export const CLIENT = "203.0.113.9";
/** Headers that belong to one connection alone (RFC 9110 §7.6.1). */
const OF_THE_CONNECTION = ["connection", "keep-alive", "transfer-encoding", "upgrade", "te"];

/** As huggingface.co writes the frame; the address is the Space's own, with the theme that the page has. */
const SANDBOX =
  "allow-downloads allow-forms allow-modals allow-pointer-lock allow-popups allow-popups-to-escape-sandbox " +
  "allow-same-origin allow-scripts allow-storage-access-by-user-activation";
const around = (host) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>team/auth</title>
<meta name="viewport" content="width=device-width"><style>body{margin:0;font:1rem sans-serif}p{margin:1rem}
a:focus{outline:2px solid}iframe{border:0;width:100%;height:calc(100vh - 4rem);display:block}</style>
<p><a href="#">${host}</a> team/auth</p><iframe title="team/auth" sandbox="${SANDBOX}" src="${ORIGIN}/?__theme=light"></iframe>`;

/**
 * Start it before the Space at {host, port}, with the certificate in `folder`. `edge.drops` is asked of each cookie
 * that goes to a page within another's, by its line: whether a browser would not keep it. `edge.loads` has the Space's
 * pages that were asked for, each as its method and path.
 */
export async function startEdge(space, folder) {
  const edge = { drops: () => false, loads: [] };
  const tls = { cert: readFileSync(join(folder, "server.crt")), key: readFileSync(join(folder, "server.key")) };
  const server = createServer(tls, (asked, answer) => {
    const { host } = asked.headers;
    if (host !== SPACE) return answer.setHeader("content-type", "text/html").end(around(host));
    if (asked.headers["sec-fetch-mode"] === "navigate") edge.loads.push(`${asked.method} ${asked.url}`);
    return pass(asked, answer, space, edge);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const at = `127.0.0.1:${server.address().port}`;
  const hosts = [ORIGIN, HUB, STRANGER].map((url) => new URL(url).host);
  /** What Chromium is started with to find it there; nobody signed its certificate. */
  edge.args = ["--ignore-certificate-errors", `--host-resolver-rules=${hosts.map((host) => `MAP ${host}:443 ${at}`)}`];
  edge.stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return edge;
}

/** The request on its way, and the answer back, piece by piece; who goes away is gone on the other side, too. */
function pass(asked, answer, { host, port }, edge) {
  const kept = Object.entries(asked.headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
  const claimed = asked.headers["x-forwarded-for"];
  const headers = {
    ...Object.fromEntries(kept), "x-forwarded-for": claimed ? `${claimed}, ${CLIENT}` : CLIENT,
    "x-forwarded-proto": "https", "x-forwarded-host": SPACE, "x-forwarded-port": "443",
  };
  const outgoing = request({ host, port, method: asked.method, path: asked.url, headers });
  outgoing.once("response", (incoming) => {
    const given = { ...incoming.headers };
    for (const name of OF_THE_CONNECTION) delete given[name];
    given["set-cookie"] = [...(given["set-cookie"] ?? []), OF_OLD];
    if (asked.headers["sec-fetch-dest"] === "iframe") {
      given["set-cookie"] = given["set-cookie"].filter((line) => !edge.drops(line));
    }
    answer.writeHead(incoming.statusCode, given).flushHeaders();
    incoming.pipe(answer);
    incoming.once("error", () => answer.destroy());
  });
  outgoing.once("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
  answer.once("close", () => outgoing.destroy());
  asked.pipe(outgoing);
}
