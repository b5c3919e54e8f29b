// One exchange by node:http, which adds no header of its own: a client's fetch does (Sec-Fetch-Mode, Accept, …).
import http from "node:http";

const DEADLINE_MS = 20_000;

/**
 * Send a request to a target ({port, host}): `body` is text, or a value sent as JSON. Returns
 * {status, headers, setCookies, text, json}, `headers` as [name, value] pairs in lower case without Set-Cookie.
 */
export function exchange(target, { method, path, headers = {}, body }) {
  const sent = { host: target.host, ...headers };
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  if (body !== undefined && typeof body !== "string") sent["content-type"] ??= "application/json";
  if (text !== undefined) sent["content-length"] = Buffer.byteLength(text);
  return new Promise((done, fail) => {
    const options = { host: "127.0.0.1", port: target.port, method, path, headers: sent, agent: false, timeout: DEADLINE_MS };
    const request = http.request(options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => done(answer(response, Buffer.concat(chunks).toString("utf8"))));
    });
    request.on("timeout", () => request.destroy(new Error(`${method} ${path}: no answer in time`)));
    request.on("error", fail);
    request.end(text);
  });
}

function answer(response, text) {
  const raw = response.rawHeaders;
  const pairs = Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i].toLowerCase(), raw[2 * i + 1]]);
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return {
    status: response.statusCode,
    headers: pairs.filter(([name]) => name !== "set-cookie"),
    header: (name) => pairs.find(([each]) => each === name)?.[1],
    setCookies: pairs.filter(([name]) => name === "set-cookie").map(([, value]) => value),
    text,
    json,
  };
}
