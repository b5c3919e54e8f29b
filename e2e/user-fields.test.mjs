// Fields of one's own, as the stock client's inferAdditionalFields sends, gets and types them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { it } from "node:test";
import { promisify } from "node:util";
import { inferAdditionalFields } from "better-auth/client/plugins";
import { Browser } from "./lib/browser.mjs";
import { assertRefused, success } from "./lib/checks.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach } from "./lib/setups.mjs";

/** The same object configures the service and types the client. */
const fields = {
  company: { type: "string", required: true },
  age: { type: "number", required: false },
  role: { type: "string", defaultValue: "user", input: false },
  since: { type: "date", required: false },
  tags: { type: "string[]", required: false },
  plan: { type: ["free", "pro"], defaultValue: "free" },
  note: { type: "string", required: false, returned: false },
};

describeEach("user fields", (stack) => {
  const email = newEmail("ann");
  const password = newPassword();
  const open = () => new Browser(stack, { plugins: [inferAdditionalFields({ user: fields })] });
  const signUp = (browser, further) => browser.client.signUp.email({ name: "Ann", email, password, ...further });

  it("a sign-up without a required field is refused", async () => {
    const browser = open();
    assertRefused(await signUp(browser, {}), 400, "MISSING_FIELD");
    assert.equal(JSON.parse(browser.last.body).message, "company is required");
    assertRefused(await signUp(browser, { company: "Acme", age: "5" }), 400, "VALIDATION_ERROR");
  });

  it("what was sent comes back with every user, typed", async () => {
    const browser = open();
    const since = new Date("2020-01-02T03:04:05.678Z");
    const sent = { company: "Acme", age: 41.5, since, tags: ["a", "b"], note: "hush", role: "admin" };
    const expected = { company: "Acme", age: 41.5, role: "user", since, tags: ["a", "b"], plan: "free" };
    const check = (user) => {
      const { name, email: _, emailVerified, image, createdAt, updatedAt, id, ...further } = user;
      assert.deepEqual(further, expected);
    };
    check(success(await signUp(browser, sent)).user);
    check(success(await browser.client.getSession()).user);
    check(success(await open().client.signIn.email({ email, password })).user);
    const names = Object.keys(JSON.parse(browser.last.body).user);
    assert.deepEqual(names.slice(-7), [...Object.keys(expected), "id"], "in the order of the setting");
  });
}, { USER_FIELDS: JSON.stringify(fields) });

it("TypeScript infers the fields in the client", { timeout: 60_000 }, async () => {
  const folder = import.meta.dirname;
  const compiler = join(folder, "node_modules/typescript/bin/tsc");
  const check = promisify(execFile)(process.execPath, [compiler, "--project", join(folder, "types")]);
  await check.catch((error) => assert.fail(error.stdout || error.message));
});
