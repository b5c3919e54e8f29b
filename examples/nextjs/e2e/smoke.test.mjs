// Does it work at all? Without a browser, in some seconds: what a browser would ask for, on one origin.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startStack } from "./lib/stack.mjs";

let stack;
before(async () => (stack = await startStack("smoke")));
after(() => stack?.stop());

test("from sign-up over a mailed link to an answer of the chat, and out", async () => {
  const { origin } = stack;
  const account = { name: "Ann", email: "ann@example.com", password: "four unrelated words here" };
  const get = (path, headers = {}) => fetch(origin + path, { headers, redirect: "manual" });
  const post = (path, body, headers = {}) =>
    fetch(origin + path, { method: "POST", headers: { origin, "content-type": "application/json", ...headers }, body: JSON.stringify(body) });

  assert.match(await (await get("/")).text(), /Make an account/);
  assert.equal((await get("/chat")).headers.get("location"), "/sign-in?callbackURL=%2Fchat");
  assert.equal((await post("/api/auth/sign-up/email", account)).status, 200);
  assert.equal((await post("/api/auth/sign-in/email", account)).status, 403);
  const { link } = await stack.mailTo(account.email, /./);
  assert.equal((await fetch(link, { redirect: "manual" })).status, 302);
  const signedIn = await post("/api/auth/sign-in/email", account);
  assert.equal(signedIn.status, 200);
  const cookie = signedIn.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  assert.match(await (await get("/account", { cookie })).text(), /ann@example\.com/);
  assert.equal(await (await post("/api/chat", { message: "hello" }, { cookie })).text(), "Ann said: hello");
  assert.equal((await post("/api/auth/sign-out", {}, { cookie })).status, 200);
  assert.equal((await post("/api/chat", { message: "hello" }, { cookie })).status, 401);
  assert.equal((await get("/account", { cookie })).headers.get("location"), "/sign-in?callbackURL=%2Faccount");
});

test("what an address says is looked up in our own texts alone", async () => {
  const page = async (path) => {
    const answer = await fetch(stack.origin + path);
    return [answer.status, await answer.text()];
  };
  for (const name of ["toString", "constructor", "__proto__"]) {
    const [status, text] = await page(`/sign-in?news=${name}`);
    assert.equal(status, 200, name);
    assert.match(text, /<h1[^>]*>Sign in</);
    const [, verify] = await page(`/verify-email?error=${name}`);
    assert.match(verify, /This link does not work\. Sign in, and/, name);
  }
  const [, text] = await page("/sign-in?news=password-reset");
  assert.match(text, /Your new password is set/);
});

test("the chat reads nothing of strangers, and of others no more than a message", async () => {
  const { origin } = stack;
  const account = { name: "Eve", email: "eve@example.com", password: "four unrelated words here" };
  const json = { origin, "content-type": "application/json" };
  const auth = (path) => fetch(`${origin}/api/auth${path}`, { method: "POST", headers: json, body: JSON.stringify(account) });
  assert.equal((await auth("/sign-up/email")).status, 200);
  await fetch((await stack.mailTo(account.email, /./)).link, { redirect: "manual" });
  const cookie = (await auth("/sign-in/email")).headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const chat = (headers, body, signal) =>
    fetch(`${origin}/api/chat`, { method: "POST", headers: { ...json, ...headers }, body, duplex: "half", signal });
  /** The answer to a request whose body has begun and never ends. */
  const begun = async (headers, size) => {
    const stop = new AbortController();
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(size).fill(97)) });
    const { status } = await chat(headers, body, AbortSignal.any([stop.signal, AbortSignal.timeout(20_000)]));
    stop.abort();
    return status;
  };
  const hello = JSON.stringify({ message: "hello" });

  assert.equal(await (await chat({ cookie, "content-type": "Application/JSON; charset=UTF-8" }, hello)).text(), "Eve said: hello");
  assert.equal((await chat({ cookie, "content-type": "text/plain" }, hello)).status, 415);
  assert.equal((await chat({ cookie }, "a".repeat(8_001))).status, 413);
  assert.equal((await chat({ cookie }, "\u00e4".repeat(4_001))).status, 413);
  assert.equal((await chat({}, "a".repeat(8_001))).status, 401);
  assert.equal(await begun({}, 1), 401);
  assert.equal(await begun({ cookie: "better-auth.session_token=made.up" }, 1), 401);
  assert.equal(await begun({ cookie }, 8_001), 413);
});
