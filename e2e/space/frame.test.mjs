// The example as people see it on huggingface.co: within a page of that site, where its cookies are third-party ones.
// Behind a stand-in of the Space's edge, at the Space's own https address.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertLooksWell, DESKTOP, launch, launchSet } from "../browser/chromium.mjs";
import { press, type } from "../browser/keyboard.mjs";
import { linkOf, Outbox } from "../lib/mails.mjs";
import { newEmail, newPassword, secretCookie } from "../lib/secrets.mjs";
import { CLIENT, HUB, ORIGIN, startEdge, STRANGER } from "./edge.mjs";
import { heading, inTheApp, seeItStream, signIn } from "./journey.mjs";
import { PLATFORM, startSpace, withoutSpace } from "./space.mjs";

/** What Chromium starts with where its user forbids third-party cookies; partitioned ones are none. */
const NO_THIRD_PARTY_COOKIES = "--test-third-party-cookie-phaseout";
/** Its settings where its user lets the Space keep no cookies within the other site's page. */
const NO_COOKIES_WITHIN = {
  profile: { content_settings: { exceptions: { cookies: { [`${ORIGIN},${new URL(HUB).origin}`]: { setting: 2 } } } } },
};
const SESSION = "__Secure-better-auth.session_token";
const FORMS = "__Host-doorkey.forms";
const SITE = new URL(HUB).origin;
const WITHIN = [FORMS, SESSION, "__Secure-doorkey.known_device"].map((name) => `${name} ${SITE}`);
/** The one that the edge sets, which is in no partition. */
const PLAIN = "plain undefined";
/** No page of the way to the sign-in and back is asked for oftener. */
const MOST_LOADS = 8;

describe("a person on the Space, within huggingface.co", { skip: withoutSpace, timeout: 180_000 }, () => {
  const [email, password] = [newEmail("ida"), newPassword()];
  let space;
  let edge;
  let mails;
  const browsers = [];

  before(async () => {
    space = await startSpace({ env: PLATFORM });
    mails = new Outbox(space);
    edge = await startEdge(space, process.env.DOORKEY_SPACE_CERTIFICATE);
  });
  after(async () => {
    for (const browser of browsers) await browser.close();
    await edge?.stop();
    await space?.stop();
  });

  /** A browser, and in it a page that shows the Space, which is `frame`. */
  async function open(around, { args = [], preferences, drops = () => false } = {}) {
    const more = [...edge.args, ...args];
    const browser = await (preferences ? launchSet(preferences, more) : launch(more));
    browsers.push(browser);
    const context = preferences ? browser : await browser.newContext();
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    await page.setViewportSize(DESKTOP);
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    Object.assign(edge, { drops, loads: [] });
    await page.goto(around);
    return { context, page, frame: page.frames()[1], said };
  }

  const isAt = (path) => (url) => url.origin === ORIGIN && url.pathname === path;

  /** Which cookies the browser keeps of the Space, each with the site whose partition it is in. */
  async function cookies(context) {
    const all = (await context.cookies()).filter(({ domain }) => domain === new URL(ORIGIN).host);
    for (const { name, value } of all) if (name === SESSION) secretCookie(value);
    return all.map(({ name, partitionKey }) => `${name} ${partitionKey}`).sort();
  }

  async function signInWithin({ frame }) {
    await frame.waitForURL(isAt("/sign-in"));
    await signIn(frame, email, password);
  }

  it("signs up there, opens the mailed link by itself, and signs in and asks there", async (t) => {
    const { context, page, frame } = await open(HUB);
    await frame.waitForURL(isAt("/sign-in"));
    await assertLooksWell(page, "space-frame-sign-in", { frame });
    await page.setViewportSize(DESKTOP);
    await press(frame, "Create an account");
    await frame.waitForURL(isAt("/sign-up"));
    await type(frame, "Name", "Ida Lovelace");
    await type(frame, "E-mail address", email);
    await type(frame, "Password", password);
    await page.keyboard.press("Enter");
    await frame.waitForURL(isAt("/verify-email"));

    const mail = await context.newPage();
    await mail.goto(linkOf(await mails.next(email, /^Confirm/)));
    assert.equal(await heading(mail), "Your address is confirmed");
    await mail.close();

    await press(frame, "To the sign-in");
    await signInWithin({ frame });
    await frame.waitForURL(`${ORIGIN}/`);
    await inTheApp(frame, "Ida Lovelace");
    t.diagnostic(await seeItStream(frame));
    await assertLooksWell(page, "space-frame", { frame });
    // The mailed link's page is of a partition of its own; no session is in there.
    assert.deepEqual(await cookies(context), [...WITHIN, `${FORMS} ${ORIGIN}`, PLAIN].sort());
    const { session } = await frame.evaluate(async () => (await fetch("/api/auth/get-session")).json());
    assert.equal(session.ipAddress, CLIENT);
    await press(frame, "Ida Lovelace");
    await frame.waitForURL(`${ORIGIN}/account`);
    await assertLooksWell(page, "space-frame-account", { frame });

    // By itself it is another partition, and somebody signs in once more.
    const alone = await context.newPage();
    await alone.goto(ORIGIN);
    await alone.waitForURL(isAt("/sign-in"));
  });

  it("goes on where third-party cookies are forbidden, since ours are partitioned; and signs out", async () => {
    const { context, page, frame } = await open(HUB, { args: [NO_THIRD_PARTY_COOKIES] });
    await signInWithin({ frame });
    await frame.waitForURL(`${ORIGIN}/?__theme=light`);
    await inTheApp(frame, "Ida Lovelace");
    await page.reload();
    await inTheApp(page.frames()[1], "Ida Lovelace");
    assert.deepEqual(await cookies(context), WITHIN, "and not the one that is in no partition");
    await press(page.frames()[1], "Sign out");
    await page.frames()[1].waitForURL(isAt("/sign-in"));
    assert.deepEqual(await cookies(context), WITHIN.filter((cookie) => !cookie.startsWith(SESSION)));
  });

  it("is told so where the browser keeps no session's cookie, and opens the page by itself", async () => {
    const { context, page, frame } = await open(HUB, { drops: (line) => line.startsWith(SESSION) });
    await signInWithin({ frame });
    await frame.getByRole("heading", { name: "Your browser did not keep you signed in" }).waitFor();
    await assertLooksWell(page, "space-frame-not-kept", { frame });
    await page.setViewportSize(DESKTOP);
    await staysThere({ page, frame });
    await byItself({ context, frame }, "Open this page by itself");
  });

  it("is told so where the browser keeps no cookie at all, and opens the page by itself", async () => {
    const { context, page, frame } = await open(HUB, { preferences: NO_COOKIES_WITHIN });
    await signInWithin({ frame });
    await frame.getByRole("heading", { name: "Your browser kept no cookie" }).waitFor();
    await assertLooksWell(page, "space-frame-no-cookie", { frame });
    await page.setViewportSize(DESKTOP);
    await staysThere({ page, frame });
    await byItself({ context, frame }, "Open it in a window of its own");
  });

  /** It is not sent round and round. */
  async function staysThere({ page, frame }) {
    const url = frame.url();
    await page.waitForTimeout(1000);
    assert.equal(frame.url(), url);
    assert.ok(edge.loads.length <= MOST_LOADS, edge.loads.join("\n"));
  }

  /** The link opens a window that is no frame's, and there the person gets in. */
  async function byItself({ context, frame }, link) {
    const [alone] = await Promise.all([context.waitForEvent("page"), press(frame, link)]);
    await alone.waitForURL(isAt("/sign-in"));
    assert.equal(await alone.evaluate(() => opener), null);
    await signIn(alone, email, password);
    await inTheApp(alone, "Ida Lovelace");
  }

  it("is shown by nobody but huggingface.co", async () => {
    const { context, frame, said } = await open(STRANGER);
    await frame.waitForURL(/./);
    assert.ok(said.some((text) => /frame-ancestors/.test(text)), said.join("\n"));
    assert.equal(await frame.locator("form").count(), 0);
    // Each page of ours, and the app's own.
    const alone = await context.newPage();
    const policy = async (path) => {
      const headers = (await alone.goto(ORIGIN + path)).headers();
      return headers["content-security-policy"].split("; ").at(-1);
    };
    const paths = ["/sign-in", "/sign-up", "/forgot-password", "/reset-password?token=x", "/verify-email"];
    for (const path of [...paths, "/api/auth/error"]) {
      assert.equal(await policy(path), "frame-ancestors https://huggingface.co", path);
    }
    await alone.goto(ORIGIN);
    await signIn(alone, email, password);
    await inTheApp(alone, "Ida Lovelace");
    assert.equal(await policy("/account"), "frame-ancestors https://huggingface.co");
    assert.match(await policy("/"), /^frame-ancestors 'self' https:\/\/huggingface.co$/);
  });
});
