// The way to the chat's back end. The browser sends its session's cookie to this app alone; here it is turned into a
// token that is good for the chat and for nothing else, so that no script of the page ever holds a token and no
// other back end ever sees the cookie. A session that has ended gets no token: the lock-out is immediate.
import { getSessionCookie } from "better-auth/cookies";
import { askDoorkey } from "@/lib/doorkey";

/** Of a request's body, in bytes. */
const LARGEST = 8_000;

export async function POST(request: Request): Promise<Response> {
  const { headers } = request;
  // Another site's page cannot send JSON in a visitor's name without asking first, and we do not answer that.
  if (mediaType(headers) !== "application/json") return refusal(415);
  if (!getSessionCookie(headers)) return refusal(401);
  if (Number(headers.get("content-length")) > LARGEST) return refusal(413);
  try {
    const token = await tokenFor(headers);
    if (!token) return refusal(401);
    // Read last, so that nobody but signed-in people can have us hold anything.
    const body = await textOf(request);
    return body === undefined ? refusal(413) : await chat(token, body, request.signal);
  } catch {
    return refusal(502);
  }
}

/** Upper and lower case are the same in it (RFC 9110, section 8.3.1). */
function mediaType(headers: Headers): string | undefined {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
}

/** A token about whoever the cookie says it is, or nothing when it says nobody. */
async function tokenFor(visitor: Headers): Promise<string | undefined> {
  const answer = await askDoorkey("/api/auth/token", visitor);
  if (answer.status === 401) return undefined;
  if (!answer.ok) throw new Error(`token answered ${answer.status}`);
  const { token } = (await answer.json()) as { token: string };
  return token;
}

/** The body, or nothing when it is too large, of which no more is kept than that: its length may be untold. */
async function textOf(request: Request): Promise<string | undefined> {
  const reader = request.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > LARGEST) return undefined;
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

/** The back end's answer as it comes. When the visitor goes away, `signal` ends it there, too. */
async function chat(token: string, body: string, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(new URL("/chat", process.env.CHAT_URL ?? "http://127.0.0.1:8000"), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body,
    cache: "no-store",
    signal,
  });
  if (!answer.ok) return refusal([401, 413, 429].includes(answer.status) ? answer.status : 502);
  return new Response(answer.body, {
    // `no-transform`: compressed, it would be held back until there is enough of it.
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store, no-transform" },
  });
}

function refusal(status: number): Response {
  return Response.json({ error: status }, { status, headers: { "cache-control": "no-store" } });
}
