// A forgotten password, from the page that asks for a link to the page that sets another one, with the stock client.
import assert from "node:assert/strict";
import { it } from "node:test";
import { Browser } from "./lib/browser.mjs";
import { assertCookiesCleared, assertRefused, success } from "./lib/checks.mjs";
import { linkOf, Outbox, tokenOf } from "./lib/mails.mjs";
import { exchange } from "./lib/raw.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach, FRONTEND } from "./lib/setups.mjs";

const RESET_PAGE = `${FRONTEND}/account/reset?from=mail`;
const PROMISED = { status: true, message: "If this email exists in our system, check your email for the reset link" };
const RESET = /^Choose a new password/;

/** As programs that look into mails do it: no cookies, no script, not to be led on. */
const scan = (url, method = "GET") =>
  fetch(url, { method, redirect: "manual", headers: { "user-agent": "LinkScanner/1.0" } });

describeEach("recovery", (stack) => {
  const email = newEmail("ann");
  const outbox = new Outbox(stack);
  let password = newPassword();
  let laptop;
  let phone;

  const session = async (browser) => success(await browser.client.getSession());
  const signIn = (browser, typed = password) => browser.client.signIn.email({ email, password: typed });
  const stranger = () => new Browser(stack);

  /** Ask for a link, as a page does; returns the mailed link. */
  async function ask(fields = { redirectTo: RESET_PAGE }) {
    assert.deepEqual(success(await stranger().client.requestPasswordReset({ email, ...fields })), PROMISED);
    return linkOf(await outbox.next(email, RESET));
  }

  /** Open a link; returns where it leads. */
  async function open(link) {
    const answer = await fetch(link, { redirect: "manual" });
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    return answer.headers.get("location");
  }

  it("has somebody signed in on two devices", async () => {
    laptop = new Browser(stack, { userAgent: "Laptop/1.0" });
    phone = new Browser(stack, { userAgent: "Phone/2.0" });
    success(await laptop.client.signUp.email({ name: "Ann", email, password }));
    success(await signIn(phone));
  });

  it("mails a link that leads to the page with a token, which sets another password", async () => {
    const link = await ask();
    assert.ok(link.startsWith(`${stack.origin}/api/auth/reset-password/`), link);
    const page = await open(link);
    const token = tokenOf(page);
    assert.equal(page, `${RESET_PAGE}&token=${token}`);

    const old = password;
    password = newPassword();
    const browser = stranger();
    assert.deepEqual(success(await browser.client.resetPassword({ newPassword: password, token })), { status: true });
    assert.equal(browser.sessionCookie, undefined, "nobody is signed in by it");
    assertRefused(await signIn(browser, old), 401, "INVALID_EMAIL_OR_PASSWORD");
    success(await signIn(browser));

    for (const device of [laptop, phone]) {
      assert.equal(await session(device), null, device.userAgent);
      assertCookiesCleared(device.last.setCookies);
    }
    const notice = await outbox.next(email, /^Your password at .* was changed$/);
    assert.doesNotMatch(notice.text + notice.html, /token|api\/auth/);
    assert.equal((await session(browser)).user.emailVerified, false, "a reset verifies no address");
  });

  it("does that once: then the link leads to the page with an error, and the token is worth nothing", async () => {
    const link = await ask();
    const token = tokenOf(await open(link));
    password = newPassword();
    success(await stranger().client.resetPassword({ newPassword: password, token }));
    assert.equal(await open(link), `${RESET_PAGE}&error=INVALID_TOKEN`);
    const again = await stranger().client.resetPassword({ newPassword: newPassword(), token });
    assertRefused(again, 400, "INVALID_TOKEN");
    success(await signIn(laptop));
  });

  it("of 16 who use one link at once, exactly one sets a password", async () => {
    const token = tokenOf(await open(await ask()));
    const tries = Array.from({ length: 16 }, async () => {
      const typed = newPassword();
      return { typed, ...(await stranger().client.resetPassword({ newPassword: typed, token })) };
    });
    const answers = await Promise.all(tries);
    const [won, ...more] = answers.filter(({ error }) => !error);
    assert.deepEqual(more, []);
    assert.deepEqual(won?.data, { status: true });
    const lost = answers.filter(({ error }) => error);
    for (const answer of lost) assertRefused(answer, 400, "INVALID_TOKEN");
    assertRefused(await signIn(stranger(), lost[0].typed), 401, "INVALID_EMAIL_OR_PASSWORD");
    assertRefused(await signIn(stranger()), 401, "INVALID_EMAIL_OR_PASSWORD");
    password = won.typed;
    success(await signIn(laptop));
    assert.equal(await session(phone), null);
  });

  it("a scanner that opens the link first, twice and by HEAD, takes nothing from its reader", async () => {
    const link = await ask();
    const expected = await open(link);
    for (const method of ["HEAD", "GET", "GET", "HEAD"]) {
      const answer = await scan(link, method);
      assert.equal(answer.status, 302, method);
      assert.equal(answer.headers.get("location"), expected, method);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    assert.notEqual(await session(laptop), null, "nobody was signed out by that");
    password = newPassword();
    success(await stranger().client.resetPassword({ newPassword: password, token: tokenOf(expected) }));
    success(await signIn(laptop));
  });

  it("a password that is refused leaves the link as it was", async () => {
    const token = tokenOf(await open(await ask()));
    const reset = (typed) => stranger().client.resetPassword({ newPassword: typed, token });
    assertRefused(await reset("short"), 400, "PASSWORD_TOO_SHORT");
    assertRefused(await reset("password1"), 400, "PASSWORD_TOO_COMMON");
    success(await signIn(laptop));
    password = newPassword();
    success(await reset(password));
    success(await signIn(laptop));
  });

  it("a newer link voids the older", async () => {
    const [older, newer] = [await ask(), await ask()];
    assert.equal(await open(older), `${RESET_PAGE}&error=INVALID_TOKEN`);
    assert.match(await open(newer), /&token=/);
  });

  it("leads to the public URL's page when a path was asked for, and to /reset-password when nothing was", async () => {
    assert.ok((await open(await ask({ redirectTo: "/new" }))).startsWith(`${stack.origin}/new?token=`));
    assert.ok((await open(await ask({}))).startsWith(`${stack.origin}/reset-password?token=`));
  });

  it("answers an unknown address alike, and mails it nothing", async () => {
    const unknown = newEmail("nobody");
    const told = async (address) => {
      const browser = stranger();
      const answer = success(await browser.client.requestPasswordReset({ email: address, redirectTo: RESET_PAGE }));
      const { status, headers, body } = browser.last;
      return { answer, status, body, headers: [...headers.keys()].sort(), type: headers.get("content-type") };
    };
    const of = { unknown: await told(unknown), known: await told(email) };
    assert.deepEqual(of.unknown, of.known);
    // That one was asked for first: with the second mail there, its own would be.
    await outbox.next(email, RESET);
    assert.deepEqual(outbox.to(unknown), []);
  });

  it("makes no link to elsewhere", async () => {
    for (const redirectTo of ["https://evil.example/", "//evil.example", `${FRONTEND}.evil.example/`]) {
      assertRefused(await stranger().client.requestPasswordReset({ email, redirectTo }), 403, "INVALID_REDIRECT_URL");
    }
    const link = new URL(await ask());
    link.searchParams.set("callbackURL", "https://evil.example/");
    const answer = await scan(link);
    assert.equal(answer.status, 403);
    assert.equal(answer.headers.get("location"), null);
  });

  it("makes links of its public URL, though Host is forged", async () => {
    const forged = [
      ["X-Forwarded-Host", "evil.example"],
      ["X-Forwarded-Proto", "https"],
      ["Forwarded", "host=evil.example;proto=https"],
    ];
    const body = { email, redirectTo: RESET_PAGE };
    const path = "/api/auth/request-password-reset";
    const options = { host: "evil.example", headers: [["Origin", FRONTEND], ...forged], body };
    const answer = await exchange(stack, "POST", path, options);
    assert.equal(answer.status, 200, answer.body);
    const mail = await outbox.next(email, RESET);
    assert.equal(new URL(linkOf(mail)).origin, stack.origin);
    assert.doesNotMatch(mail.text + mail.html, /evil/);
  });
});
