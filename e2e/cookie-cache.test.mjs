// The cached session, read by the helper of `better-auth/cookies` that a Next.js middleware uses.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { it } from "node:test";
import { getCookieCache, getSessionCookie } from "better-auth/cookies";
import { Browser } from "./lib/browser.mjs";
import { assertCookiesCleared, success } from "./lib/checks.mjs";
import { CookieJar } from "./lib/cookies.mjs";
import { exchange } from "./lib/raw.mjs";
import { newEmail, newKey, newPassword } from "./lib/secrets.mjs";
import { describeEach, describeOnServer } from "./lib/setups.mjs";

const DATA = "better-auth.session_data";
const ON = { COOKIE_CACHE: "on" };

const request = (cookie) => new Request("http://localhost:3000/dashboard", { headers: { cookie } });
const plain = (value) => JSON.parse(JSON.stringify(value));

describeEach(
  "a cached session",
  (stack) => {
    const email = newEmail("ann");
    const password = newPassword();
    const read = (browser, more = {}) =>
      getCookieCache(request(browser.jar.header()), { secret: stack.key, isSecure: false, ...more });

    it("is what get-session answers, as soon as one is signed up", async () => {
      const ann = new Browser(stack, { userAgent: 'Test/1.0 ("ü")' });
      success(await ann.client.signUp.email({ name: 'Zoë "🎉" \\ 李', email, password }));
      const cached = await read(ann);
      assert.equal(cached.user.email, email);
      assert.ok(cached.session.expiresAt instanceof Date);
      assert.ok(getSessionCookie(request(ann.jar.header())));
      assert.ok(await read(ann, { version: "1" }));
      assert.equal(await read(ann, { version: "2" }), null);

      success(await ann.client.getSession({ query: { disableCookieCache: true } }));
      assert.deepEqual(ann.last.setCookies.map((line) => line.split("=")[0]), [DATA], "set anew");
      const answer = JSON.parse(ann.last.body);
      success(await ann.client.getSession());
      assert.deepEqual(ann.last.setCookies, [], "answered from the cache");
      assert.deepEqual(JSON.parse(ann.last.body), answer);
      const { session, user } = plain(await read(ann));
      assert.deepEqual({ session, user }, answer);
    });

    it("follows a change of one's own at once", async () => {
      const ann = new Browser(stack);
      success(await ann.client.signIn.email({ email, password }));
      success(await ann.client.updateUser({ name: "Anna" }));
      assert.equal((await read(ann)).user.name, "Anna");
      assert.equal(success(await ann.client.getSession()).user.name, "Anna");
    });

    it("is not notified of a revocation elsewhere, but asks when told to", async () => {
      const ann = new Browser(stack);
      const phone = new Browser(stack);
      for (const each of [ann, phone]) success(await each.client.signIn.email({ email, password }));
      success(await ann.client.revokeOtherSessions());
      assert.notEqual(success(await phone.client.getSession()), null, "the price of the cache");
      assert.equal(success(await phone.client.getSession({ query: { disableCookieCache: true } })), null);
      assertCookiesCleared(phone.last.setCookies);
      assert.equal(success(await phone.client.getSession()), null);
    });

    it("goes with the session when one signs out", async () => {
      const ann = new Browser(stack);
      success(await ann.client.signIn.email({ email, password }));
      success(await ann.client.signOut());
      assertCookiesCleared(ann.last.setCookies);
      assert.equal(ann.jar.get(DATA), undefined);
    });

    it("has no Max-Age without rememberMe, and counts for a minute", async () => {
      const ann = new Browser(stack);
      success(await ann.client.signIn.email({ email, password, rememberMe: false }));
      assert.deepEqual(ann.jar.get(DATA).attributes, ["HttpOnly", "Path=/", "SameSite=Lax"]);
      const { expiresAt, session } = JSON.parse(Buffer.from(ann.jar.get(DATA).value, "base64url"));
      assert.equal(expiresAt - session.updatedAt, 60_000);
      assert.ok(await read(ann));
    });
  },
  ON,
);

const PLACES = [
  { prefix: "", isSecure: false, env: { ...ON } },
  {
    prefix: "__Secure-",
    isSecure: true,
    env: { ...ON, PUBLIC_URL: "https://auth.example.com", FRONTEND_URL: "https://app.example.com" },
  },
  {
    prefix: "__Secure-",
    isSecure: true,
    env: {
      ...ON,
      PUBLIC_URL: "https://auth.example.com",
      FRONTEND_URL: "https://app.example.com",
      COOKIE_DOMAIN: "example.com",
    },
  },
];

for (const { prefix, isSecure, env } of PLACES) {
  const where = `${prefix || "no prefix"}, ${env.COOKIE_DOMAIN ?? "one host"}`;
  describeOnServer(`a cached session, ${where}`, (stack) => {
    it("is accepted under its name and refused when anything is changed", async () => {
      const body = { name: "Ann", email: newEmail("ann"), password: newPassword() };
      const headers = [["Origin", env.FRONTEND_URL ?? stack.frontend]];
      const answer = await exchange(stack, "POST", "/api/auth/sign-up/email", { headers, body });
      assert.equal(answer.status, 200, answer.body);
      const jar = new CookieJar();
      for (const line of answer.headers.all("set-cookie")) {
        jar.take(line);
        if (!line.includes("Max-Age=0") && !line.includes("known_device"))
          assert.equal(/; Domain=([^;]+)/.exec(line)?.[1], env.COOKIE_DOMAIN, line);
      }
      const good = jar.get(prefix + DATA).value;
      const read = (value, more = {}) =>
        getCookieCache(request(`${prefix}${DATA}=${value}`), { secret: stack.key, isSecure, ...more });

      assert.equal((await read(good)).user.email, body.email);
      assert.ok(getSessionCookie(request(jar.header())));
      assert.equal(await read(good, { isSecure: !isSecure }), null, "under the other name there is none");
      assert.equal(await read(good, { secret: newKey() }), null);
      const text = Buffer.from(good, "base64url").toString();
      for (const [from, to] of [
        [body.email, "eve@example.com"],
        ['"emailVerified":false', '"emailVerified":true'],
        [/"expiresAt":1/, '"expiresAt":2'],
        [/"binding":"./, '"binding":"'],
      ]) {
        const changed = text.replace(from, to);
        assert.notEqual(changed, text);
        assert.equal(await read(Buffer.from(changed).toString("base64url")), null, changed);
      }
    });
  }, env);
}

describeOnServer("a cached session that another server made with the same key", (stack) => {
  it("is not believed, since nothing binds it to the cookie beside it", async () => {
    const ann = new Browser(stack);
    success(await ann.client.signUp.email({ name: "Ann", email: newEmail("ann"), password: newPassword() }));
    const { session, expiresAt } = JSON.parse(Buffer.from(ann.jar.get(DATA).value, "base64url"));
    delete session.binding;
    session.user.name = "Eve";
    const signed = JSON.stringify({ ...session, expiresAt });
    const signature = createHmac("sha256", stack.key).update(signed).digest("base64url");
    const foreign = Buffer.from(JSON.stringify({ session, expiresAt, signature })).toString("base64url");
    const cookie = `${DATA}=${foreign}`;
    const accepted = await getCookieCache(request(cookie), { secret: stack.key, isSecure: false });
    assert.equal(accepted.user.name, "Eve", "the helper would take it");
    const headers = [["Cookie", `better-auth.session_token=${ann.sessionCookie}; ${cookie}`]];
    const answer = await exchange(stack, "GET", "/api/auth/get-session", { headers });
    assert.equal(JSON.parse(answer.body).user.name, "Ann");
  });
}, ON);
