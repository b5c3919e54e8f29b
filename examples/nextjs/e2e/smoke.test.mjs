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
