// What the stock client sees when it is refused: the status and the code that front ends branch on.
import assert from "node:assert/strict";
import { before, it } from "node:test";
import { Browser } from "./lib/browser.mjs";
import { assertRefused, success } from "./lib/checks.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach, describeOnServer } from "./lib/setups.mjs";

describeEach("refusals", (stack) => {
  const email = newEmail("ann");
  const password = newPassword();
  let browser;

  before(async () => {
    const owner = new Browser(stack);
    success(await owner.client.signUp.email({ name: "Ann", email, password }));
    browser = new Browser(stack);
  });

  const signIn = (fields) => browser.client.signIn.email({ email, password, ...fields });
  const signUp = (fields) => browser.client.signUp.email({ name: "Ann", email: newEmail("bob"), password, ...fields });
  const noCookie = () => assert.equal(browser.jar.header(), undefined);

  it("a wrong password and an unknown e-mail get the same answer", async () => {
    assertRefused(await signIn({ password: newPassword() }), 401, "INVALID_EMAIL_OR_PASSWORD");
    const wrong = browser.last;
    assertRefused(await signIn({ email: newEmail("nobody") }), 401, "INVALID_EMAIL_OR_PASSWORD");
    const unknown = browser.last;
    assert.equal(wrong.body, '{"message":"Invalid email or password","code":"INVALID_EMAIL_OR_PASSWORD"}');
    assert.equal(unknown.body, wrong.body);
    const names = ({ headers }) => [...headers.keys()].sort();
    assert.deepEqual(names(unknown), names(wrong));
    noCookie();
  });

  it("signing up again with a taken e-mail, however it is spelled", async () => {
    for (const taken of [email, email.toUpperCase()]) {
      assertRefused(await signUp({ email: taken }), 422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
      assert.equal(
        browser.last.body,
        '{"message":"User already exists. Use another email.","code":"USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"}',
      );
    }
    noCookie();
  });

  it("a password too short, too long", async () => {
    assertRefused(await signUp({ password: "short" }), 400, "PASSWORD_TOO_SHORT");
    assertRefused(await signUp({ password: newPassword().padEnd(129, "x") }), 400, "PASSWORD_TOO_LONG");
    noCookie();
  });

  it("an e-mail that is none", async () => {
    assertRefused(await signIn({ email: "nobody" }), 400, "INVALID_EMAIL");
    assertRefused(await signUp({ email: "nobody" }), 400, "VALIDATION_ERROR");
    noCookie();
  });

  it("whatever needs a session, without one", async () => {
    const { client } = browser;
    assertRefused(await client.listSessions(), 401, "UNAUTHORIZED");
    assertRefused(await client.revokeSession({ token: "x" }), 401, "UNAUTHORIZED");
    assertRefused(await client.revokeSessions(), 401, "UNAUTHORIZED");
    assertRefused(await client.revokeOtherSessions(), 401, "UNAUTHORIZED");
    assert.equal(success(await client.getSession()), null);
  });

  it("the right password still signs in, with the e-mail in another case too", async () => {
    const { user } = success(await signIn({ email: email.toUpperCase() }));
    assert.equal(user.email, email);
  });
});

describeOnServer("origins", (stack) => {
  const email = newEmail("ann");
  const password = newPassword();
  let owner;

  before(async () => {
    owner = new Browser(stack);
    success(await owner.client.signUp.email({ name: "Ann", email, password }));
  });

  it("a page that is not trusted can neither sign in nor act with the cookie", async () => {
    const stranger = new Browser({ ...stack, frontend: "https://evil.example" });
    assertRefused(await stranger.client.signIn.email({ email, password }), 403, "INVALID_ORIGIN");
    stranger.jar = owner.jar;
    assertRefused(await stranger.client.revokeSessions(), 403, "INVALID_ORIGIN");
    assertRefused(await stranger.client.signOut(), 403, "INVALID_ORIGIN");
    assert.notEqual(success(await owner.client.getSession()), null, "and the session is still there");
  });

  it("a page without an origin cannot sign in", async () => {
    const sandboxed = new Browser({ ...stack, frontend: "null" });
    assertRefused(await sandboxed.client.signIn.email({ email, password }), 403, "MISSING_OR_NULL_ORIGIN");
  });

  it("a callback to elsewhere is refused", async () => {
    const answer = await owner.client.signIn.email({ email, password, callbackURL: "https://evil.example/x" });
    assertRefused(answer, 403, "INVALID_CALLBACK_URL");
  });
});
