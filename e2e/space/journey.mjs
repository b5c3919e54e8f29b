// A person on the example Space, by keyboard, from the first look at it to the button that signs them out; a second
// browser of theirs, and what somebody would try who is nobody.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { assertLooksWell as assertLooks, DESKTOP, launch, PHONE, picture } from "../browser/chromium.mjs";
import { focused, press, tabTo, type } from "../browser/keyboard.mjs";
import { linkOf } from "../lib/mails.mjs";
import { newEmail, newPassword, secretCookie } from "../lib/secrets.mjs";
import { withoutSpace } from "./space.mjs";

export const QUESTION = "When is the library open on Saturday?";
/** Seconds between two words: as the app comes, and so slow that an answer lasts for minutes. */
const PACE = 0.02;
const SLOWLY = "2";
/** How late the app is, in seconds, once it is started again. */
const LATE = 3;
/** Within so many milliseconds a stream ends whose session has ended (docs/guard.md), and the page tells. */
const STREAM_ENDS_MS = 32_000;

const FORGED = {
  "X-Auth-Email": "root@example.com", x_auth_email: "root@example.com", "X-Auth-User-Id": "1", "X-AUTH-NAME": "Root",
  "X-Auth-Email-Verified": "true", X_AUTH_EMAIL_VERIFIED: "true",
  "X-Auth-Session-Expires": "2099-01-01T00:00:00.000Z", "X-AUTH-JWT": "a.b.c", "X-Forwarded-For": "198.51.100.7",
};

export const heading = (page) => page.locator("h1").textContent();

/** The app's page is open, and knows who it is. */
export async function inTheApp(page, name) {
  await page.locator("#who").filter({ hasText: name }).waitFor();
  assert.equal(await heading(page), "Ask the library");
}

/** Fill the sign-in page's form in. */
export async function signIn(page, email, password) {
  await type(page, "E-mail address", email);
  await type(page, "Password", password);
  await (page.page?.() ?? page).keyboard.press("Enter");
}

/** Write down from now on how long the answer is, each time that it grows: [milliseconds, characters] in `grew`. */
async function watchAnswer(page) {
  await page.evaluate(() => {
    const grew = (globalThis.grew = []);
    new MutationObserver(() => {
      const answer = document.querySelector("#log .answer:last-child[aria-busy]");
      if (answer) grew.push([performance.now(), answer.textContent.length]);
    }).observe(document.getElementById("log"), { childList: true, subtree: true, characterData: true });
  });
}

/** Ask, by keyboard, and see the answer arrive bit by bit, in about the time in which it is written. */
export async function seeItStream(page) {
  await watchAnswer(page);
  await type(page, "Your question", QUESTION);
  await (page.page?.() ?? page).keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#log .answer:last-child:not([aria-busy])"));
  const answer = await page.locator("#log .answer").last().textContent();
  assert.match(answer, /on Saturday between 9:00 and 14:00/);
  assert.equal(await page.locator("#problem").textContent(), "");
  const grew = await page.evaluate(() => globalThis.grew);
  const lengths = [...new Set(grew.map(([, length]) => length))];
  const words = answer.split(/\s+/).length;
  assert.deepEqual(lengths, lengths.toSorted((one, other) => one - other), "it only grows");
  assert.ok(lengths.length > words / 4, `${words} words were seen in ${lengths.length} steps`);
  const lasted = grew.at(-1)[0] - grew[0][0];
  assert.ok(lasted > words * PACE * 500, `${words} words within ${lasted} ms`);
  return `${words} words in ${lengths.length} steps, ${Math.round(lasted)} ms`;
}

/**
 * Describe it on what `start` resolves to: {origin, space, mails, args, isSecure, client, isLookedAt, stop}. `further`
 * are tests of its own, with the same.
 */
export function describeJourney(title, start, { skip = false, further = () => {} } = {}) {
  describe(title, { skip: withoutSpace || skip, timeout: 240_000 }, () => {
    const [email, password] = [newEmail("ida"), newPassword()];
    const stack = {};
    let chromium;
    let laptop;
    let phone;

    before(async () => {
      Object.assign(stack, await start());
      chromium = await launch(stack.args);
      laptop = await open(DESKTOP);
      phone = await open(PHONE);
    });
    after(async () => {
      await chromium?.close();
      await stack.stop?.();
    });

    const at = (path) => stack.origin + path;
    const signInPage = (url) => url.pathname === "/sign-in" && url.searchParams.get("callbackURL").startsWith("/doorkey/");
    const me = (page, headers = {}) =>
      page.evaluate(async (headers) => {
        const answer = await fetch("/me", { headers });
        return [answer.status, await answer.json()];
      }, headers);

    async function open(viewport, options = {}) {
      const context = await chromium.newContext({ viewport, ...options });
      context.setDefaultTimeout(15_000);
      return { context, page: await context.newPage() };
    }

    async function assertLooksWell({ page }, name, options) {
      if (!stack.isLookedAt) return;
      const size = page.viewportSize();
      await assertLooks(page, name, options);
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: "light" });
    }

    async function sessionCookie({ context }) {
      const cookie = (await context.cookies()).find(({ name }) => name.endsWith("better-auth.session_token"));
      if (cookie) secretCookie(cookie.value);
      return cookie;
    }

    it("asks whoever is signed out to sign in, and lets no program in", async (t) => {
      for (const [what, time] of Object.entries(stack.space.took)) t.diagnostic(`${what} answers after ${Math.round(time)} ms`);
      await laptop.page.goto(at("/"));
      await laptop.page.waitForURL(signInPage);
      await assertLooksWell(laptop, "space-sign-in");
      // Whose script on the sign-in page may ask, as that page's policy would not let it.
      const { context, page } = await open(DESKTOP, { bypassCSP: true });
      await page.goto(at("/"));
      for (const headers of [{}, FORGED]) {
        assert.deepEqual(await me(page, headers), [401, { code: "UNAUTHORIZED", message: "Unauthorized" }]);
      }
      await context.close();
    });

    it("signs up, is told to look into the mail, and is not in before that", async () => {
      const { page } = laptop;
      await press(page, "Create an account");
      await page.waitForURL((url) => url.pathname === "/sign-up");
      await type(page, "Name", "Ida Lovelace");
      await type(page, "E-mail address", email);
      await type(page, "Password", password);
      await page.keyboard.press("Enter");
      await page.waitForURL(at("/verify-email?done=signed-up"));
      assert.equal(await heading(page), "Look into your mail");
      await assertLooksWell(laptop, "space-mailed");
      await press(page, "To the sign-in");
      await page.waitForURL((url) => url.pathname === "/sign-in");
      await signIn(page, email, password);
      await page.locator("[role=alert]").waitFor();
      assert.match(await page.locator("[role=alert]").textContent(), /confirm/i);
      assert.equal(await sessionCookie(laptop), undefined);
    });

    it("opens the mailed link, signs in, and is where it wanted to", async () => {
      const { context, page } = laptop;
      const link = linkOf(await stack.mails.next(email, /^Confirm/));
      assert.equal(new URL(link).origin, stack.origin);
      await page.goto(link);
      await page.waitForURL(at("/verify-email?done=verified"));
      assert.equal(await heading(page), "Your address is confirmed");
      await press(page, "Go on");
      await page.waitForURL(signInPage);
      await signIn(page, email, password);
      await page.waitForURL(at("/"));
      await inTheApp(page, "Ida Lovelace");
      await assertLooksWell(laptop, "space-welcome");
      const { name, secure, httpOnly, sameSite, partitionKey } = await sessionCookie(laptop);
      const expected = stack.isSecure ? ["__Secure-", true, "None"] : ["", false, "Lax"];
      assert.deepEqual([name.replace("better-auth.session_token", ""), secure, sameSite], expected);
      assert.equal(Boolean(partitionKey), stack.isSecure);
      assert.equal(httpOnly, true);
      assert.deepEqual(await page.evaluate(() => document.cookie), "");
      const names = (await context.cookies()).map((cookie) => cookie.name);
      assert.ok(names.includes(`${stack.isSecure ? "__Host-" : ""}doorkey.forms`), names.join());
    });

    it("asks, and sees the answer while it is written", async (t) => {
      t.diagnostic(await seeItStream(laptop.page));
      await picture(laptop.page, "space-chat");
      await assertLooksWell(laptop, "space-answer");
    });

    it("is nobody else by saying so", async () => {
      const known = [200, { name: "Ida Lovelace", email }];
      assert.deepEqual(await me(laptop.page), known);
      assert.deepEqual(await me(laptop.page, FORGED), known);
      const { session } = await laptop.page.evaluate(async () => (await fetch("/api/auth/get-session")).json());
      assert.equal(session.ipAddress, stack.client);
      // The app logs whom X-Forwarded-For names.
      const said = readFileSync(stack.space.log, "utf8");
      assert.match(said, new RegExp(`${stack.client}:0 - "GET /me `));
      assert.ok(!said.includes(FORGED["X-Forwarded-For"]), "and not whom the browser's page does");
    });

    it("is nobody with a cookie that is wrong by a letter", async () => {
      const { context, page } = await open(DESKTOP, { bypassCSP: true });
      const cookie = await sessionCookie(laptop);
      const letter = cookie.value[5] === "x" ? "y" : "x";
      await context.addCookies([{ ...cookie, value: cookie.value.slice(0, 5) + letter + cookie.value.slice(6) }]);
      await page.goto(at("/"));
      await page.waitForURL(signInPage);
      assert.equal((await me(page, FORGED))[0], 401);
      await context.close();
    });

    it("waits at a page that says so while the Space starts again, and then goes on", async () => {
      const { context, page } = laptop;
      await stack.space.restart({ PACE: SLOWLY }, LATE);
      await page.goto(at("/"));
      assert.equal(await heading(page), "Starting …");
      // Another, which stays as it is while it is looked at. It is there to load itself again.
      const tab = await context.newPage();
      await tab.goto(at("/"));
      assert.equal(await heading(tab), "Starting …");
      await tab.route("**", (route) => route.abort("aborted"));
      await assertLooksWell({ page: tab }, "space-starting", { except: ["meta-refresh"] });
      await tab.close();
      await inTheApp(page, "Ida Lovelace");
    });

    it("is signed out from the phone: the answer ends, and the next question leads to the sign-in", async (t) => {
      const { page } = laptop;
      await watchAnswer(page);
      await press(page, QUESTION);
      await page.waitForFunction(() => globalThis.grew.length > 1);

      await phone.page.goto(at("/"));
      await signIn(phone.page, email, password);
      await inTheApp(phone.page, "Ida Lovelace");
      await sessionCookie(phone);
      await press(phone.page, "Ida Lovelace");
      await phone.page.waitForURL(at("/account"));
      assert.equal(await page.locator("#log .answer").last().getAttribute("aria-busy"), "true", "it is being written");
      const began = performance.now();
      await press(phone.page, /^Sign out: Chrome on Linux, Signed in /);
      await phone.page.waitForURL(at("/account?done=ended"));
      await page.locator("#problem:not(:empty)").waitFor({ timeout: STREAM_ENDS_MS });
      t.diagnostic(`the stream ended after ${Math.round(performance.now() - began)} ms`);
      assert.match(await page.locator("#problem").textContent(), /did not arrive/);
      await picture(page, "space-cut-short");
      await assertLooksWell(phone, "space-account");

      const refused = page.waitForResponse((response) => response.url() === at("/ask"));
      assert.equal((await focused(page)).name, "Your question");
      await page.keyboard.press("Enter");
      assert.equal((await refused).status(), 401);
      await page.waitForURL(signInPage);
      await page.goto(at("/"));
      await page.waitForURL(signInPage);
    });

    it("signs in again, and out by the app's own button", async () => {
      const { page } = laptop;
      await signIn(page, email, password);
      await page.waitForURL(at("/"));
      await inTheApp(page, "Ida Lovelace");
      await sessionCookie(laptop);
      await press(page, "Sign out");
      await page.waitForURL(signInPage);
      assert.equal(await sessionCookie(laptop), undefined);
      await phone.page.goto(at("/"));
      await inTheApp(phone.page, "Ida Lovelace");
    });

    further(stack);
  });
}
