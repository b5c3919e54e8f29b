// Addresses that are verified by a mailed link: before anybody is let in, and for somebody who is in already.
import assert from "node:assert/strict";
import { before, it } from "node:test";
import { Browser } from "./lib/browser.mjs";
import { assertRefused, success } from "./lib/checks.mjs";
import { linkOf, Outbox } from "./lib/mails.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach, FRONTEND } from "./lib/setups.mjs";

const WELCOME = `${FRONTEND}/welcome`;
const VERIFY = /^Confirm your e-mail address/;

/** Where a link leads, and that it sets no cookie: it signs nobody in. */
async function leadsTo(answer) {
  const { status, headers } = await answer;
  assert.equal(status, 302);
  assert.deepEqual(headers.getSetCookie(), []);
  return headers.get("location");
}

/** As those do it who look at links before people. */
const scan = (link, method = "GET") => fetch(link, { method, redirect: "manual" });

const session = async (browser) => success(await browser.client.getSession());

describeEach("no session before the address is verified", (stack) => {
  const email = newEmail("bea");
  const password = newPassword();
  const outbox = new Outbox(stack);
  let browser;
  let first;

  before(() => {
    browser = new Browser(stack);
  });

  const signIn = () => browser.client.signIn.email({ email, password });
  const signUp = (fields) => browser.client.signUp.email({ name: "Bea", email, password, callbackURL: WELCOME, ...fields });

  it("a sign-up gives an account, a mail and no session", async () => {
    const answer = success(await signUp());
    assert.equal(answer.token, null);
    assert.equal(answer.user.email, email);
    assert.deepEqual(browser.last.setCookies, []);
    assert.equal(await session(browser), null);
    first = linkOf(await outbox.next(email, VERIFY));
    assert.ok(first.startsWith(`${stack.origin}/api/auth/verify-email?token=`));
  });

  it("a sign-in is refused, and only the right password learns why", async () => {
    assertRefused(await signIn(), 403, "EMAIL_NOT_VERIFIED");
    assert.deepEqual(browser.last.setCookies, []);
    const wrong = await browser.client.signIn.email({ email, password: newPassword() });
    assertRefused(wrong, 401, "INVALID_EMAIL_OR_PASSWORD");
  });

  it("another mail is a call away, and voids the link of the first", async () => {
    const ask = { email, callbackURL: WELCOME };
    assert.deepEqual(success(await browser.client.sendVerificationEmail(ask)), { status: true });
    const second = linkOf(await outbox.next(email, VERIFY));
    assert.equal(await leadsTo(browser.open(first)), `${WELCOME}?error=INVALID_TOKEN`);
    assertRefused(await signIn(), 403, "EMAIL_NOT_VERIFIED");
    first = second;
  });

  it("a scanner opens it first, and its reader is welcome all the same, and signs in", async () => {
    assert.equal(await leadsTo(scan(first, "HEAD")), WELCOME);
    assertRefused(await signIn(), 403, "EMAIL_NOT_VERIFIED");
    for (const look of [scan, scan, (link) => browser.open(link)]) assert.equal(await leadsTo(look(first)), WELCOME);
    assert.equal(await session(browser), null);
    success(await signIn());
    assert.equal((await session(browser)).user.emailVerified, true);
  });

  it("asks nobody who is verified to verify, and tells no stranger that", async () => {
    const stranger = new Browser(stack);
    const unknown = newEmail("nobody");
    for (const address of [email, unknown]) {
      assert.deepEqual(success(await stranger.client.sendVerificationEmail({ email: address })), { status: true });
    }
    assertRefused(await browser.client.sendVerificationEmail({ email }), 400, "EMAIL_ALREADY_VERIFIED");
    assertRefused(await browser.client.sendVerificationEmail({ email: unknown }), 400, "EMAIL_MISMATCH");
    assert.equal(outbox.to(email).length, 2);
    assert.equal(outbox.to(unknown).length, 0);
  });

  it("a taken address looks free, and its owner is told", async () => {
    const eve = new Browser(stack);
    const fields = { name: "Eve", password: newPassword() };
    const free = newEmail("free");
    const taken = success(await eve.client.signUp.email({ ...fields, email }));
    const other = success(await eve.client.signUp.email({ ...fields, email: free }));
    assert.deepEqual(Object.keys(taken.user).sort(), Object.keys(other.user).sort());
    assert.equal(taken.token, other.token);
    assert.equal(taken.user.name, "Eve");
    assert.equal(taken.user.emailVerified, false);
    const told = await outbox.next(email, /^You already have an account/);
    assert.doesNotMatch(told.text + told.html, /api\/auth|Eve/);
    assert.equal((await session(browser)).user.name, "Bea");
    success(await signIn());
  });
}, { REQUIRE_EMAIL_VERIFICATION: "on" });

describeEach("an address verified in a session", (stack) => {
  const email = newEmail("cai");
  const password = newPassword();
  const outbox = new Outbox(stack);
  let browser;

  before(() => {
    browser = new Browser(stack);
  });

  it("is mailed nothing at sign-up when the operator wants that, and a link when its owner asks", async () => {
    success(await browser.client.signUp.email({ name: "Cai", email, password }));
    success(await browser.client.sendVerificationEmail({ email, callbackURL: WELCOME }));
    const link = linkOf(await outbox.next(email, VERIFY));
    assert.equal(outbox.to(email).length, 1);
    assert.equal((await session(browser)).user.emailVerified, false);
    assert.equal(await leadsTo(browser.open(link)), WELCOME);
    assert.equal((await session(browser)).user.emailVerified, true);
  });

  it("leads to no page that is not trusted, whoever wrote the link", async () => {
    const evil = "https://evil.example/";
    const ask = { email, callbackURL: evil };
    assertRefused(await browser.client.sendVerificationEmail(ask), 403, "INVALID_CALLBACK_URL");
    const answer = await scan(`${stack.origin}/api/auth/verify-email?token=x&callbackURL=${encodeURIComponent(evil)}`);
    assert.equal(answer.status, 403);
    assert.equal(answer.headers.get("location"), null);
  });

  it("says what is wrong with a link to whoever has no page to be sent to", async () => {
    const verify = (token) => browser.client.verifyEmail({ query: { token } });
    assertRefused(await verify("x".repeat(43)), 401, "INVALID_TOKEN");
    assertRefused(await verify(""), 401, "INVALID_TOKEN");
  });
}, { SEND_ON_SIGN_UP: "off" });
