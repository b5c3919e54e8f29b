// What a script on the page can read is not what opens the door: bodies carry a handle, the cookie the token.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { before, it } from "node:test";
import { getSessionCookie } from "better-auth/cookies";
import { Browser } from "./lib/browser.mjs";
import { success } from "./lib/checks.mjs";
import { SESSION } from "./lib/cookies.mjs";
import { exchange } from "./lib/raw.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach, describeOnServer } from "./lib/setups.mjs";

const signature = (key, token) => createHmac("sha256", key).update(token).digest("base64");

describeEach("handles", (stack) => {
  const email = newEmail("ann");
  const password = newPassword();
  let ann;
  let token;
  let handle;

  before(async () => {
    ann = new Browser(stack);
    handle = success(await ann.client.signUp.email({ name: "Ann", email, password })).token;
    [token] = ann.jar.tokens;
  });

  const sessionBy = (cookie) => exchange(stack, "GET", "/api/auth/get-session", { headers: [["Cookie", cookie]] });

  it("the handle in place of the token opens nothing, signed or not", async () => {
    const signed = encodeURIComponent(`${handle}.${signature(stack.key, handle)}`);
    for (const value of [handle, encodeURIComponent(`${handle}.${signature("guess", handle)}`), signed]) {
      const answer = await sessionBy(`${SESSION}=${value}`);
      assert.equal(answer.status, 200);
      assert.equal(answer.body, "null");
    }
    assert.equal((await sessionBy(`session_token=${handle}`)).body, "null", "nor as the cookie of old");
    const bearer = await exchange(stack, "GET", "/api/auth/get-session", { headers: [["Authorization", `Bearer ${handle}`]] });
    assert.equal(bearer.body, "null");
  });

  it("the token in no way but the signed cookie opens anything", async () => {
    const forged = encodeURIComponent(`${token}.${signature("guess", token)}`);
    const truncated = ann.sessionCookie.slice(0, -4);
    for (const value of [token, forged, truncated]) {
      const answer = await sessionBy(`${SESSION}=${value}`);
      assert.equal(answer.body, "null");
      assert.deepEqual(answer.headers.all("set-cookie"), [], "a badly signed cookie is just no session");
    }
    assert.equal((await sessionBy(`session_token=${token}`)).body, "null");
    assert.notEqual((await sessionBy(`${SESSION}=${ann.sessionCookie}`)).body, "null", "as it was set, it does");
  });

  it("no answer holds the token", async () => {
    const bob = new Browser(stack);
    success(await bob.client.signIn.email({ email, password }));
    for (const call of ["getSession", "listSessions"]) success(await ann.client[call]());
    success(await ann.client.revokeSession({ token: handle }));
    const bodies = [...ann.exchanges, ...bob.exchanges].map(({ body }) => body);
    for (const each of [...ann.jar.tokens, ...bob.jar.tokens]) {
      assert.ok(each.length >= 32);
      assert.ok(!bodies.some((body) => body.includes(each)));
    }
  });

  it("somebody else's handle does nothing and tells nothing", async () => {
    const victim = new Browser(stack);
    const other = { name: "Vic", email: newEmail("vic"), password: newPassword() };
    const stolen = success(await victim.client.signUp.email(other)).token;
    const thief = new Browser(stack);
    success(await thief.client.signIn.email({ email, password }));
    const known = await thief.client.revokeSession({ token: stolen });
    const unknown = await thief.client.revokeSession({ token: "nope" });
    assert.deepEqual(known, unknown);
    assert.notEqual(success(await victim.client.getSession()), null);
  });
});

describeOnServer("the cookie, seen from a Next.js middleware", (stack) => {
  /** As the documentation of Better Auth has it. */
  function middleware(request) {
    if (getSessionCookie(request)) return { next: true };
    return Response.redirect(new URL("/sign-in", request.url), 307);
  }
  const page = (cookie) => new Request("http://localhost:3000/dashboard", cookie ? { headers: { cookie } } : {});

  it("is found when there, and the way to sign-in is shown when not", async () => {
    const browser = new Browser(stack);
    success(await browser.client.signUp.email({ name: "Ann", email: newEmail("ann"), password: newPassword() }));
    assert.equal(decodeURIComponent(getSessionCookie(page(browser.jar.header()))), decodeURIComponent(browser.sessionCookie));
    assert.deepEqual(middleware(page(browser.jar.header())), { next: true });

    success(await browser.client.signOut());
    for (const cookie of [undefined, browser.jar.header(), "theme=dark"]) {
      const redirect = middleware(page(cookie));
      assert.equal(redirect.status, 307);
      assert.equal(redirect.headers.get("location"), "http://localhost:3000/sign-in");
    }
  });

  it("verifies with the key: TOKEN.base64(HMAC-SHA256(TOKEN, SECRET_KEY)), percent-encoded", async () => {
    const browser = new Browser(stack);
    success(await browser.client.signUp.email({ name: "Ann", email: newEmail("ann"), password: newPassword() }));
    const [token] = browser.jar.tokens;
    assert.equal(browser.sessionCookie, encodeURIComponent(`${token}.${signature(stack.key, token)}`));
  });
});
