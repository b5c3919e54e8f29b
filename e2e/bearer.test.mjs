// A program without cookies, as Better Auth's page on its bearer plugin has it: the token from a header, to a header.
import assert from "node:assert/strict";
import { it } from "node:test";
import { createAuthClient } from "better-auth/client";
import { Browser } from "./lib/browser.mjs";
import { assertRefused, success } from "./lib/checks.mjs";
import { newEmail, newPassword, secretCookie } from "./lib/secrets.mjs";
import { describeEach, describeOnServer } from "./lib/setups.mjs";

/**
 * What a page would keep in localStorage, and the client that uses it. Node's fetch says Sec-Fetch-Mode as a browser
 * does, and so has to say as well for which front end it signs in.
 */
function program(stack) {
  const storage = { token: "" };
  const client = createAuthClient({
    baseURL: stack.origin,
    fetchOptions: {
      headers: { origin: stack.frontend },
      onSuccess: ({ response }) => {
        const token = response.headers.get("set-auth-token");
        if (!token) return;
        secretCookie(token);
        storage.token = token;
      },
      auth: { type: "Bearer", token: () => storage.token },
    },
  });
  return { storage, client };
}

describeEach(
  "a bearer",
  (stack) => {
    const email = newEmail("ann");
    const password = newPassword();

    it("signs up, asks who it is, and signs out, without a cookie", async () => {
      const { storage, client } = program(stack);
      const { token, user } = success(await client.signUp.email({ name: "Ann", email, password }));
      assert.equal(storage.token.split(".")[0], token, "the body has it without its signature");
      const session = success(await client.getSession());
      assert.equal(session.user.id, user.id);
      assert.notEqual(session.session.token, token, "there it is a handle");
      assert.equal(success(await client.listSessions()).length, 1);

      storage.token = token;
      assert.equal(success(await client.getSession()).user.id, user.id, "the token alone will do");
      success(await client.signOut());
      assert.equal(success(await client.getSession()), null);
      assertRefused(await client.listSessions(), 401, "UNAUTHORIZED");
    });

    it("gives one call's token with that call", async () => {
      const { storage, client } = program(stack);
      success(await client.signIn.email({ email, password }));
      const other = createAuthClient({ baseURL: stack.origin });
      const headers = { Authorization: `Bearer ${storage.token}` };
      assert.equal(success(await other.getSession({ fetchOptions: { headers } })).user.email, email);
      assert.equal(success(await other.getSession()), null);
    });

    it("revokes a session by its handle, and by its token", async () => {
      const first = program(stack);
      success(await first.client.signIn.email({ email, password }));
      for (const name of [({ session }) => session.token, (_, raw) => raw]) {
        const second = program(stack);
        const { token: raw } = success(await second.client.signIn.email({ email, password }));
        const token = name(success(await second.client.getSession()), raw);
        assert.deepEqual(success(await first.client.revokeSession({ token })), { status: true });
        assert.equal(success(await second.client.getSession()), null);
      }
      assert.notEqual(success(await first.client.getSession()), null);
    });

    it("is read by a page of another origin, and stands in place of its cookie", async () => {
      const page = new Browser(stack);
      success(await page.client.signIn.email({ email, password }));
      const exposed = page.last.headers.get("access-control-expose-headers").toLowerCase().split(", ");
      assert.ok(exposed.includes("set-auth-token"), exposed);
      const bob = program(stack);
      success(await bob.client.signUp.email({ name: "Bob", email: newEmail("bob"), password: newPassword() }));
      const headers = { Authorization: `Bearer ${bob.storage.token}` };
      assert.equal(success(await page.client.getSession({ fetchOptions: { headers } })).user.name, "Bob");
      assert.equal(success(await page.client.getSession()).user.name, "Ann");
    });
  },
  { BEARER: "on" },
);

describeOnServer("a bearer where BEARER is off", (stack) => {
  it("is given no token and taken for nobody", async () => {
    const browser = new Browser(stack);
    const body = { name: "Ann", email: newEmail("ann"), password: newPassword() };
    success(await browser.client.signUp.email(body));
    assert.equal(browser.last.headers.get("set-auth-token"), null);
    const { storage, client } = program(stack);
    storage.token = decodeURIComponent(browser.sessionCookie);
    assert.equal(success(await client.getSession()), null);
  });
});
