// Ten tries a minute on the credential endpoints, and what the eleventh is told.
import assert from "node:assert/strict";
import { it } from "node:test";
import { Browser } from "./lib/browser.mjs";
import { assertRefused } from "./lib/checks.mjs";
import { exchange } from "./lib/raw.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach, FRONTEND } from "./lib/setups.mjs";

describeEach("rate limit", (stack) => {
  const email = newEmail("nobody");

  it("ten wrong sign-ins are answered, the eleventh and twelfth must wait", async () => {
    const answers = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const body = { email, password: newPassword() };
      answers.push(await exchange(stack, "POST", "/api/auth/sign-in/email", { headers: [["Origin", FRONTEND]], body }));
    }
    const statuses = answers.map(({ status }) => status);
    assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429]);
    for (const { headers, body } of answers.slice(10)) {
      assert.equal(JSON.parse(body).code, "TOO_MANY_REQUESTS");
      const seconds = Number(headers.get("retry-after"));
      assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60, headers.get("retry-after"));
      assert.equal(headers.get("x-retry-after"), headers.get("retry-after"));
      assert.deepEqual(headers.all("set-cookie"), []);
    }
  });

  it("the client sees it by status and code, and the short name shares the count", async () => {
    const browser = new Browser(stack);
    const fields = { email, password: newPassword() };
    assertRefused(await browser.client.signIn.email(fields), 429, "TOO_MANY_REQUESTS");
    assert.equal((await exchange(stack, "POST", "/api/signin", { body: fields })).status, 429);
  });

  it("looking up a session is not limited", async () => {
    for (let attempt = 0; attempt < 30; attempt += 1) {
      assert.equal((await exchange(stack, "GET", "/api/auth/get-session")).status, 200);
    }
  });
}, { RATE_LIMIT: "on" });
