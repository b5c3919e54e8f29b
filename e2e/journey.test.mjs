// The whole life of sessions, as the stock client lives it, from sign-up to sign-out on several devices.
import assert from "node:assert/strict";
import { it } from "node:test";
import { Browser } from "./lib/browser.mjs";
import { assertCookiesCleared, assertSession, assertUser, success } from "./lib/checks.mjs";
import { attribute, SESSION } from "./lib/cookies.mjs";
import { exchange } from "./lib/raw.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach } from "./lib/setups.mjs";

describeEach("journey", (stack) => {
  const name = "Zoë Ångström";
  const email = newEmail("zoe");
  const password = newPassword();
  let laptop;
  let phone;
  let userId;

  const signIn = async (browser) => success(await browser.client.signIn.email({ email, password }));
  const session = async (browser) => success(await browser.client.getSession());
  const list = async (browser) => success(await browser.client.listSessions());

  it("signs up and is signed in by the cookie", async () => {
    laptop = new Browser(stack, { userAgent: "Laptop/1.0" });
    const { token, user } = success(await laptop.client.signUp.email({ name, email, password }));
    const answer = JSON.parse(laptop.last.body);
    assert.deepEqual(Object.keys(answer).sort(), ["token", "user"]);
    assertUser(answer.user, { name, email });
    userId = user.id;

    const cookie = laptop.jar.get(SESSION);
    assert.deepEqual(cookie.attributes, ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax"]);

    const current = await session(laptop);
    assert.equal(current.user.id, userId);
    assert.equal(current.session.token, token, "one session has one handle in every body");
    assert.ok(current.session.expiresAt instanceof Date);
    const body = JSON.parse(laptop.last.body);
    assert.deepEqual(Object.keys(body).sort(), ["session", "user"]);
    assertUser(body.user, { name, email });
    assertSession(body.session, { userId, userAgent: "Laptop/1.0", days: 7 });
    assert.equal(laptop.last.headers.get("cache-control"), "no-store");
  });

  it("lists the one session", async () => {
    const sessions = await list(laptop);
    assert.equal(sessions.length, 1);
    const [listed] = JSON.parse(laptop.last.body);
    assertSession(listed, { userId, userAgent: "Laptop/1.0", days: 7 });
    assert.deepEqual(sessions[0], (await session(laptop)).session);
  });

  it("signs in on a second device", async () => {
    phone = new Browser(stack, { userAgent: "Phone/2.0" });
    await signIn(phone);
    const answer = JSON.parse(phone.last.body);
    assert.equal(answer.redirect, false);
    assert.equal(answer.token, (await session(phone)).session.token);
    assertUser(answer.user, { name, email });
    assert.notEqual(phone.sessionCookie, laptop.sessionCookie);
    const agents = (await list(laptop)).map((each) => each.userAgent);
    assert.deepEqual(agents.sort(), ["Laptop/1.0", "Phone/2.0"]);
  });

  it("revokes the other device by the token of the list", async () => {
    const other = (await list(laptop)).find((each) => each.userAgent === "Phone/2.0");
    assert.deepEqual(success(await laptop.client.revokeSession({ token: other.token })), { status: true });
    assert.deepEqual(laptop.last.setCookies, [], "its own cookies stay");
    assert.equal(await session(phone), null);
    assertCookiesCleared(phone.last.setCookies);
    assert.equal(phone.sessionCookie, undefined);
    assert.equal((await list(laptop)).length, 1);
  });

  it("revokes all others and stays signed in", async () => {
    const tablet = new Browser(stack, { userAgent: "Tablet/3.0" });
    await signIn(phone);
    await signIn(tablet);
    assert.equal((await list(laptop)).length, 3);
    assert.deepEqual(success(await laptop.client.revokeOtherSessions()), { status: true });
    assert.equal(await session(phone), null);
    assert.equal(await session(tablet), null);
    const [left, ...more] = await list(laptop);
    assert.equal(left.userAgent, "Laptop/1.0");
    assert.deepEqual(more, []);
  });

  it("revokes its own session by its token and is signed out", async () => {
    await signIn(phone);
    const { token } = (await session(phone)).session;
    assert.deepEqual(success(await phone.client.revokeSession({ token })), { status: true });
    assertCookiesCleared(phone.last.setCookies);
    assert.equal(await session(phone), null);
    assert.notEqual(await session(laptop), null);
  });

  it("revokes every session, its own too", async () => {
    await signIn(phone);
    const kept = laptop.sessionCookie;
    assert.deepEqual(success(await laptop.client.revokeSessions()), { status: true });
    assertCookiesCleared(laptop.last.setCookies);
    assert.equal(await session(phone), null);
    const replayed = await exchange(stack, "GET", "/api/auth/get-session", { headers: [["Cookie", `${SESSION}=${kept}`]] });
    assert.equal(replayed.body, "null");
  });

  it("signs in for this browser session only, without rememberMe", async () => {
    success(await laptop.client.signIn.email({ email, password, rememberMe: false }));
    for (const cookieName of [SESSION, "better-auth.dont_remember"]) {
      const cookie = laptop.jar.get(cookieName);
      assert.deepEqual(cookie?.attributes, ["HttpOnly", "Path=/", "SameSite=Lax"], cookieName);
      assert.equal(attribute(cookie, "Max-Age"), undefined);
    }
    assert.match(decodeURIComponent(laptop.jar.get("better-auth.dont_remember").value), /^true\.[A-Za-z0-9+/]{43}=$/);
    await session(laptop);
    assertSession(JSON.parse(laptop.last.body).session, { userId, userAgent: "Laptop/1.0", days: 1 });
  });

  it("signs out, and the cookie is worth nothing afterwards", async () => {
    const kept = laptop.sessionCookie;
    assert.deepEqual(success(await laptop.client.signOut()), { success: true });
    assertCookiesCleared(laptop.last.setCookies);
    assert.equal(laptop.sessionCookie, undefined);
    assert.equal(await session(laptop), null);
    const replayed = await exchange(stack, "GET", "/api/auth/get-session", { headers: [["Cookie", `${SESSION}=${kept}`]] });
    assert.equal(replayed.status, 200);
    assert.equal(replayed.body, "null");
    assertCookiesCleared(replayed.headers.all("set-cookie"));
    assert.deepEqual(success(await laptop.client.signOut()), { success: true }, "signing out twice is no fault");
  });

  it("never put a cookie's token into a body", () => {
    for (const browser of [laptop, phone]) {
      assert.ok(browser.jar.tokens.length >= 2);
      for (const token of browser.jar.tokens) {
        for (const { body, path } of [...laptop.exchanges, ...phone.exchanges]) assert.ok(!body.includes(token), path);
      }
    }
  });
});
