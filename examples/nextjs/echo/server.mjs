// A chat's back end that believes only signed-in people: a stand-in for a model. It knows nothing of cookies or of
// the database; who is calling it learns from a JSON Web Token, which it checks with Doorkey's public keys.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createVerifier } from "./verify.mjs";

const port = Number(process.env.PORT ?? 8000);
const LARGEST = 8_000;
const A_WORD_MS = Number(process.env.WORD_MS ?? 60);

const verify = createVerifier({
  jwks: process.env.JWKS_URL ?? "http://127.0.0.1:7860/api/auth/jwks",
  issuer: process.env.JWT_ISSUER ?? "http://localhost:3000",
  audience: process.env.JWT_AUDIENCE ?? `http://localhost:${port}`,
});

async function answer(request, response) {
  if (request.method === "GET" && request.url === "/health") return say(response, 200, { status: "ok" });
  if (request.method !== "POST" || request.url !== "/chat") return say(response, 404, { error: "NOT_FOUND" });
  const user = await verify(request.headers.authorization?.match(/^Bearer (.+)$/i)?.[1]);
  if (!user) return say(response, 401, { error: "UNAUTHORIZED" });
  const message = await messageOf(request);
  if (message === undefined) return say(response, 400, { error: "BAD_REQUEST" });
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  for (const word of `${user.name} said: ${message}`.split(/(?<=\s)/)) {
    if (response.destroyed) return undefined;
    response.write(word);
    await sleep(A_WORD_MS);
  }
  return response.end();
}

async function messageOf(request) {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) {
    body += piece;
    if (body.length > LARGEST) return undefined;
  }
  try {
    const { message } = JSON.parse(body);
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

function say(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(`chat: ${error.message}`);
    if (response.headersSent) response.destroy();
    else say(response, 503, { error: "UNAVAILABLE" });
  });
});
server.listen(port, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${port}`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(0));
