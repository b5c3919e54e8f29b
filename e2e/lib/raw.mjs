// HTTP/1.1 by hand, for what no client lets one send or see: bytes outside ASCII, two Cookie lines, TRACE.
import net from "node:net";

const DEADLINE_MS = 10_000;

/**
 * One exchange on a connection of its own. `headers` are [name, value] pairs, sent as they are, one byte a
 * character (latin1); Host (the stack's, or `host`), Connection and Content-Length are added. `body` is text, or a
 * value sent as JSON.
 * Returns {status, headers, body}: `headers.get(name)` the first value, `headers.all(name)` every one.
 */
export async function exchange(stack, method, path, { headers = [], body, host } = {}) {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host ?? `localhost:${stack.port}`}`, "Connection: close"];
  if (body !== undefined && typeof body !== "string") lines.push("Content-Type: application/json");
  if (text !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(text)}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return parse(await send(stack.port, Buffer.concat([head, Buffer.from(text ?? "")])), method);
}

function send(port, bytes) {
  return new Promise((done, fail) => {
    const chunks = [];
    const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error("no answer in time")));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", fail);
    socket.on("end", () => {
      socket.end();
      done(Buffer.concat(chunks));
    });
  });
}

function parse(bytes, method) {
  const cut = bytes.indexOf("\r\n\r\n");
  if (cut < 0) throw new Error(`not an HTTP answer: ${bytes.toString("latin1")}`);
  const [statusLine, ...lines] = bytes.subarray(0, cut).toString("latin1").split("\r\n");
  const fields = lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]);
  const all = (name) => fields.filter(([field]) => field === name.toLowerCase()).map(([, value]) => value);
  const get = (name) => all(name)[0];
  const rest = bytes.subarray(cut + 4);
  const chunked = get("transfer-encoding") === "chunked" && method !== "HEAD";
  return {
    status: Number(statusLine.split(" ")[1]),
    headers: { get, all },
    body: (chunked ? dechunk(rest) : rest).toString("utf8"),
  };
}

function dechunk(bytes) {
  const parts = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString("latin1"), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
