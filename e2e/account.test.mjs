// What a page of settings does with the stock client: the profile, the password, the ways in, the end of an account.
import assert from "node:assert/strict";
import { it } from "node:test";
import { Browser } from "./lib/browser.mjs";
import { assertCookiesCleared, assertRefused, assertUser, success } from "./lib/checks.mjs";
import { attribute } from "./lib/cookies.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach } from "./lib/setups.mjs";

const DELETED = { success: true, message: "User deleted" };

describeEach("account", (stack) => {
  const email = newEmail("ann");
  let password = newPassword();
  let laptop;
  let phone;
  let userId;

  const session = async (browser) => success(await browser.client.getSession());
  const signIn = async (browser, fields) => browser.client.signIn.email({ email, password, ...fields });

  it("signs up, and in on a second device", async () => {
    laptop = new Browser(stack, { userAgent: "Laptop/1.0" });
    userId = success(await laptop.client.signUp.email({ name: "Ann", email, password })).user.id;
    phone = new Browser(stack, { userAgent: "Phone/2.0" });
    success(await signIn(phone));
  });

  it("changes name and picture, and takes the picture away again", async () => {
    const cookie = laptop.sessionCookie;
    const image = "https://e.example/a.png";
    assert.deepEqual(success(await laptop.client.updateUser({ name: "Zoë Ångström", image })), { status: true });
    assert.equal(laptop.sessionCookie, cookie, "set again, the same");
    assert.equal(laptop.last.setCookies.length, 1);
    const { user } = await session(phone);
    assert.equal(user.name, "Zoë Ångström");
    assert.equal(user.image, image);
    assert.ok(user.updatedAt > user.createdAt);
    success(await laptop.client.updateUser({ image: null }));
    assert.equal((await session(laptop)).user.image, null);
    assert.equal((await session(laptop)).user.name, "Zoë Ångström", "what is not named stays");
  });

  it("cannot change its address or nothing at all that way", async () => {
    assertRefused(await laptop.client.updateUser({ email: newEmail("eve") }), 400, "EMAIL_CAN_NOT_BE_UPDATED");
    assertRefused(await laptop.client.updateUser({ emailVerified: true }), 400, "NO_FIELDS_TO_UPDATE");
    assertRefused(await laptop.client.updateUser({ name: 5 }), 400, "VALIDATION_ERROR");
    assertRefused(await laptop.client.updateSession({ theme: "dark" }), 400, "NO_FIELDS_TO_UPDATE");
    assert.equal((await session(laptop)).user.email, email);
  });

  it("shows the password once more", async () => {
    const verify = (typed) => laptop.client.$fetch("/verify-password", { method: "POST", body: { password: typed } });
    assert.deepEqual(success(await verify(password)), { status: true });
    assertRefused(await verify(newPassword()), 400, "INVALID_PASSWORD");
  });

  it("is refused a change with a wrong password, or to a bad one", async () => {
    const change = (fields) =>
      laptop.client.changePassword({ currentPassword: password, newPassword: newPassword(), ...fields });
    assertRefused(await change({ currentPassword: newPassword() }), 400, "INVALID_PASSWORD");
    assertRefused(await change({ newPassword: "short" }), 400, "PASSWORD_TOO_SHORT");
    assertRefused(await change({ newPassword: "x".repeat(129) }), 400, "PASSWORD_TOO_LONG");
    assertRefused(await change({ newPassword: "password1" }), 400, "PASSWORD_TOO_COMMON");
    assert.notEqual(await session(phone), null);
  });

  it("changes the password, stays signed in, and is out everywhere else", async () => {
    const next = newPassword();
    const cookie = laptop.sessionCookie;
    const answer = success(await laptop.client.changePassword({ currentPassword: password, newPassword: next }));
    assert.equal(answer.token, null);
    assert.equal(answer.user.id, userId);
    assert.deepEqual(laptop.last.setCookies, []);
    assertUser(JSON.parse(laptop.last.body).user, { name: "Zoë Ångström", email });
    assert.equal((await session(laptop)).user.id, userId);
    assert.equal(laptop.sessionCookie, cookie);
    assert.equal(await session(phone), null);
    assertCookiesCleared(phone.last.setCookies);
    assertRefused(await signIn(phone), 401, "INVALID_EMAIL_OR_PASSWORD");
    password = next;
    success(await signIn(phone));
  });

  it("changes it again and asks for a new session in the place of all", async () => {
    const next = newPassword();
    const before = laptop.sessionCookie;
    const fields = { currentPassword: password, newPassword: next, revokeOtherSessions: true };
    const { token } = success(await laptop.client.changePassword(fields));
    password = next;
    assert.notEqual(laptop.sessionCookie, before);
    assert.equal((await session(laptop)).session.token, token, "the handle of the new session");
    const [left, ...more] = success(await laptop.client.listSessions());
    assert.equal(left.token, token);
    assert.deepEqual(more, []);
    assert.equal(await session(phone), null);
  });

  it("keeps a session of the browser alone what it is", async () => {
    success(await signIn(phone, { rememberMe: false }));
    const next = newPassword();
    const fields = { currentPassword: password, newPassword: next, revokeOtherSessions: true };
    success(await phone.client.changePassword(fields));
    password = next;
    assert.equal(attribute(phone.jar.get("better-auth.session_token"), "Max-Age"), undefined);
    assert.notEqual(await session(phone), null);
    success(await signIn(laptop));
  });

  it("lists the one way in, and cannot take it away", async () => {
    const [account, ...more] = success(await laptop.client.listAccounts());
    assert.deepEqual(more, []);
    assert.equal(account.providerId, "credential");
    assert.equal(account.userId, userId);
    assert.equal(account.accountId, userId);
    assert.deepEqual(account.scopes, []);
    assert.ok(account.updatedAt > account.createdAt, "the password was changed");
    const answer = await laptop.client.unlinkAccount({ accountId: account.id });
    assertRefused(answer, 400, "FAILED_TO_UNLINK_LAST_ACCOUNT");
    const info = await laptop.client.accountInfo({ query: { accountId: account.id } });
    assertRefused(info, 400, "PROVIDER_NOT_CONFIGURED");
  });

  it("finds no provider", async () => {
    assertRefused(await laptop.client.signIn.social({ provider: "github" }), 404, "PROVIDER_NOT_FOUND");
    assertRefused(await laptop.client.linkSocial({ provider: "github" }), 404, "PROVIDER_NOT_FOUND");
    assertRefused(await laptop.client.getAccessToken({ accountId: "x" }), 400, "ACCOUNT_NOT_FOUND");
    assertRefused(await laptop.client.refreshToken({ accountId: "x" }), 400, "ACCOUNT_NOT_FOUND");
  });

  it("may do none of it signed out", async () => {
    const { client } = new Browser(stack);
    for (const answer of [
      await client.updateUser({ name: "Eve" }),
      await client.changePassword({ currentPassword: password, newPassword: newPassword() }),
      await client.deleteUser({ password }),
      await client.listAccounts(),
      await client.unlinkAccount({ accountId: "x" }),
      await client.linkSocial({ provider: "github" }),
    ]) {
      assertRefused(answer, 401, "UNAUTHORIZED");
    }
  });

  it("deletes the account by its password, and every device is out", async () => {
    assertRefused(await laptop.client.deleteUser({ password: newPassword() }), 400, "INVALID_PASSWORD");
    assert.notEqual(await session(laptop), null);
    assert.deepEqual(success(await laptop.client.deleteUser({ password })), DELETED);
    assertCookiesCleared(laptop.last.setCookies);
    assert.equal(laptop.sessionCookie, undefined);
    assert.equal(await session(phone), null);
    assertRefused(await signIn(laptop), 401, "INVALID_EMAIL_OR_PASSWORD");
  });

  it("signs up again with the address, and deletes that by the fresh session alone", async () => {
    const { user } = success(await laptop.client.signUp.email({ name: "Ann", email, password }));
    assert.notEqual(user.id, userId);
    assert.deepEqual(success(await laptop.client.deleteUser()), DELETED);
    assert.equal(await session(laptop), null);
  });
});
