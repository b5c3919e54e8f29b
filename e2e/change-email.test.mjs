// Another address, confirmed where it is and told where it was; and the end of an account by a mailed link.
import assert from "node:assert/strict";
import { before, it } from "node:test";
import { Browser } from "./lib/browser.mjs";
import { assertRefused, success } from "./lib/checks.mjs";
import { linkOf, Outbox, tokenOf } from "./lib/mails.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach, FRONTEND } from "./lib/setups.mjs";

const PAGE = `${FRONTEND}/settings`;

/** Where a link leads who opens it in that browser. */
async function leadsTo(link, browser) {
  const answer = await browser.open(link);
  assert.equal(answer.status, 302);
  return answer.headers.get("location");
}

const session = async (browser) => success(await browser.client.getSession());

describeEach("another address", (stack) => {
  const old = newEmail("dee");
  const next = newEmail("dee.new");
  const password = newPassword();
  const outbox = new Outbox(stack);
  let laptop;
  let phone;
  let link;

  before(() => {
    laptop = new Browser(stack, { userAgent: "Laptop/1.0" });
    phone = new Browser(stack, { userAgent: "Phone/2.0" });
  });

  const signIn = (browser, email) => browser.client.signIn.email({ email, password });
  const ask = (newEmail) => laptop.client.changeEmail({ newEmail, callbackURL: PAGE });

  it("is mailed a link, the old one a warning, and nothing changes yet", async () => {
    success(await laptop.client.signUp.email({ name: "Dee", email: old, password }));
    success(await signIn(phone, old));
    assert.deepEqual(success(await ask(next)), { status: true });
    link = linkOf(await outbox.next(next, /^Confirm your new e-mail address/));
    const warning = await outbox.next(old, /^A new e-mail address was given/);
    assert.ok(warning.text.includes(next));
    assert.doesNotMatch(warning.text + warning.html, /api\/auth/);
    assert.equal((await session(laptop)).user.email, old);
    assertRefused(await signIn(new Browser(stack), next), 401, "INVALID_EMAIL_OR_PASSWORD");
  });

  it("is not taken over by somebody else who opens the link", async () => {
    const eve = new Browser(stack);
    success(await eve.client.signUp.email({ name: "Eve", email: newEmail("eve"), password: newPassword() }));
    assert.equal(await leadsTo(link, eve), `${PAGE}?error=INVALID_USER`);
    assert.equal((await session(laptop)).user.email, old);
  });

  it("is the account's, verified, once the link is opened, and the old one is told", async () => {
    const reset = await askForReset(old);
    assert.equal(await leadsTo(link, laptop), PAGE);
    const { user } = await session(laptop);
    assert.equal(user.email, next);
    assert.equal(user.emailVerified, true);
    assert.equal(await session(phone), null, "every other session ended");
    const told = await outbox.next(old, /^Your e-mail address .* was changed$/);
    assert.ok(told.text.includes(next));
    assertRefused(await signIn(phone, old), 401, "INVALID_EMAIL_OR_PASSWORD");
    success(await signIn(phone, next));
    assert.equal(tokenOf(await leadsTo(reset, phone)), null, "links mailed to the old address are void");
    assert.equal(await leadsTo(link, laptop), PAGE, "opened again it is success again");
  });

  async function askForReset(email) {
    success(await phone.client.requestPasswordReset({ email, redirectTo: PAGE }));
    return linkOf(await outbox.next(email, /^Choose a new password/));
  }

  it("is not told to be somebody's", async () => {
    const taken = newEmail("fay");
    success(await new Browser(stack).client.signUp.email({ name: "Fay", email: taken, password: newPassword() }));
    await outbox.next(taken, /^Confirm your e-mail address/);
    assert.deepEqual(success(await ask(taken)), { status: true });
    await outbox.next(next, /^A new e-mail address was given/);
    assert.equal(outbox.to(taken).length, 1, "only the one of its own sign-up");
    assertRefused(await ask(next), 400, "EMAIL_IS_THE_SAME");
  });
});

describeEach("an account's end by mail", (stack) => {
  const email = newEmail("gus");
  const password = newPassword();
  const outbox = new Outbox(stack);
  let laptop;
  let phone;
  let link;

  before(() => {
    laptop = new Browser(stack, { userAgent: "Laptop/1.0" });
    phone = new Browser(stack, { userAgent: "Phone/2.0" });
  });

  it("is asked for in a session, and nothing is gone yet", async () => {
    success(await laptop.client.signUp.email({ name: "Gus", email, password }));
    success(await phone.client.signIn.email({ email, password }));
    const answer = success(await laptop.client.deleteUser({ callbackURL: `${FRONTEND}/bye` }));
    assert.deepEqual(answer, { success: true, message: "Verification email sent" });
    link = linkOf(await outbox.next(email, /^Delete your account/));
    assert.notEqual(await session(laptop), null);
  });

  it("comes to nobody by a scanner, or by somebody else", async () => {
    const eve = new Browser(stack);
    success(await eve.client.signUp.email({ name: "Eve", email: newEmail("eve"), password: newPassword() }));
    for (const [who, code] of [[new Browser(stack), "FAILED_TO_GET_USER_INFO"], [eve, "INVALID_TOKEN"]]) {
      const answer = await who.open(link);
      assert.equal(answer.status, 404);
      assert.equal((await answer.json()).code, code);
    }
    assert.notEqual(await session(eve), null);
    assert.notEqual(await session(laptop), null);
  });

  it("comes when its owner opens the link, on every device", async () => {
    assert.equal(await leadsTo(link, laptop), `${FRONTEND}/bye`);
    assert.equal(laptop.sessionCookie, undefined);
    assert.equal(await session(phone), null);
    const back = await phone.client.signIn.email({ email, password });
    assertRefused(back, 401, "INVALID_EMAIL_OR_PASSWORD");
    success(await phone.client.requestPasswordReset({ email }));
    success(await phone.client.signUp.email({ name: "Gus", email, password }));
    await outbox.next(email, /^Confirm your e-mail address/);
    const subjects = outbox.to(email).map(({ subject }) => subject);
    assert.ok(!subjects.some((subject) => /^Choose a new/.test(subject)), "nobody was there to be mailed");
  });
});
