// The service's own pages in Chromium, by keyboard alone: from the sign-up to the deleted account. No page has a script,
// and none could run by its policy; that a browser without scripts is enough is tried by itself.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { linkOf, Outbox } from "../lib/mails.mjs";
import { newEmail, newPassword, secretCookie } from "../lib/secrets.mjs";
import { describeOnServer } from "../lib/setups.mjs";
import { assertLooksWell as assertLooks, DESKTOP, launch, PHONE, withoutChromium } from "./chromium.mjs";
import { focused, press, tabTo, type } from "./keyboard.mjs";

if (withoutChromium) it("the service's own pages in Chromium", { skip: withoutChromium });
else describeOnServer("the service's own pages in Chromium", (stack) => {
  const outbox = new Outbox(stack);
  const email = newEmail("ida");
  let password = newPassword();
  let chromium;
  let laptop;
  let phone;

  before(async () => {
    chromium = await launch();
    laptop = await open(DESKTOP, {});
    phone = await open(PHONE, { colorScheme: "dark" });
  });
  after(() => chromium?.close());

  /** A browser, and what its pages complain of. */
  async function open(viewport, options) {
    const context = await chromium.newContext({ viewport, ...options });
    const page = await context.newPage();
    const said = [];
    page.on("console", (message) => {
      // A form that is refused is an answer as good as any.
      if (!/Failed to load resource/.test(message.text())) said.push(message.text());
    });
    return { context, page, said };
  }

  /** The screen is as before afterwards. */
  async function assertLooksWell(page, name) {
    const size = page.viewportSize();
    await assertLooks(page, name);
    await page.setViewportSize(size);
  }

  const at = (path) => stack.origin + path;
  const heading = (page) => page.locator("h1").textContent();
  const notice = (page) => page.locator("[role=status]").textContent();

  /** Send the form by Enter; it is refused, and the focus goes to the field that is told about: what it says there. */
  async function refusedAt(page, id) {
    await page.keyboard.press("Enter");
    await page.waitForFunction((id) => document.activeElement.matches(`#${id}[aria-invalid=true]`), id);
    return (await focused(page)).description;
  }

  async function noteCookies({ context }) {
    for (const { name, value } of await context.cookies()) if (/session/.test(name)) secretCookie(value);
  }

  it("tells what is wrong beside its field, which then has the focus", async () => {
    const { page } = laptop;
    await page.goto(at("/sign-up"));
    await assertLooksWell(page, "sign-up");
    await type(page, "E-mail address", "ida@");
    await tabTo(page, "Create an account");
    assert.match(await refusedAt(page, "email"), /does not look like an e-mail address/);
    assert.match(await page.title(), /^Error: Create an account – Example$/);
    assert.deepEqual(await page.locator("[role=alert] a").allTextContents(), [
      "This does not look like an e-mail address.",
      "Choose a password.",
    ]);
    await assertLooksWell(page, "sign-up-refused");
  });

  it("makes an account, and the mailed link ends on a page", async () => {
    const { page } = laptop;
    await page.goto(at("/sign-up"));
    await type(page, "Name", "Ida");
    await type(page, "E-mail address", email);
    await type(page, "Password", password);
    await page.keyboard.press("Enter");
    await page.waitForURL(at("/account"));
    await noteCookies(laptop);
    assert.match(await page.locator("section").first().textContent(), new RegExp(`You are signed in as ${email}`));
    await assertLooksWell(page, "account-new");

    const link = linkOf(await outbox.next(email, /^Confirm/));
    await phone.page.goto(link);
    assert.equal(phone.page.url(), at("/verify-email?done=verified"));
    assert.equal(await heading(phone.page), "Your address is confirmed");
    await assertLooksWell(phone.page, "verified");
    await press(phone.page, "Go on");
    await phone.page.waitForURL(at("/sign-in?callbackURL=%2Faccount"));
  });

  it("signs in on the phone, and is led to where it wanted to", async () => {
    const { page } = phone;
    await page.goto(at("/account"));
    await assertLooksWell(page, "sign-in");
    await type(page, "E-mail address", email);
    await type(page, "Password", "not-the-password");
    assert.match(await refusedAt(page, "password"), /do not go together/);
    assert.equal(await page.locator("#email").inputValue(), email);
    assert.equal(await page.locator("#password").inputValue(), "");
    await assertLooksWell(page, "sign-in-refused");
    // The focus is where the typing goes on.
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.waitForURL(at("/account"));
    await noteCookies(phone);
    await assertLooksWell(page, "account");
  });

  it("has fields that password managers know", async () => {
    const fields = async (path) => {
      const { page } = await open(DESKTOP, {});
      await page.goto(at(path));
      const inputs = await page.locator("input:not([type=hidden])").all();
      return Promise.all(inputs.map(async (input) => [await input.getAttribute("name"), await input.getAttribute("autocomplete")]));
    };
    assert.deepEqual((await fields("/sign-in")).slice(0, 2), [["email", "username"], ["password", "current-password"]]);
    assert.deepEqual(await fields("/sign-up"), [["name", "name"], ["email", "username"], ["newPassword", "new-password"]]);
  });

  it("lists both devices, and signs the other one out", async () => {
    const { page } = laptop;
    await page.goto(at("/account"));
    const names = await page.locator(".items .name").allTextContents();
    assert.equal(names.length, 2);
    assert.match(names[0], /^Chrome on Linux This device$/);
    await press(page, /^Sign out: Chrome on Linux, Signed in /);
    await page.waitForURL(at("/account?done=ended"));
    assert.equal(await notice(page), "That device is signed out.");
    await phone.page.goto(at("/account"));
    assert.equal(phone.page.url(), at("/sign-in?callbackURL=%2Faccount"));
  });

  it("changes the name and the password", async () => {
    const { page } = laptop;
    await type(page, "Name", "Ida B.");
    await page.keyboard.press("Enter");
    await page.waitForURL(at("/account?done=name"));
    assert.equal(await page.locator("#name").inputValue(), "Ida B.");

    await type(page, "Current password", password);
    password = newPassword();
    await type(page, "New password", password);
    await page.keyboard.press("Enter");
    await page.waitForURL(at("/account?done=password"));
    await noteCookies(laptop);
    await assertLooksWell(page, "account-changed");
  });

  it("forgets the password, and sets another by the mailed link", async () => {
    const { page } = phone;
    await page.goto(at("/sign-in"));
    await press(page, "Forgot your password?");
    await page.waitForURL(at("/forgot-password"));
    await assertLooksWell(page, "forgot-password");
    await type(page, "E-mail address", email);
    await page.keyboard.press("Enter");
    await page.waitForURL(at("/forgot-password?done=sent"));
    assert.equal(await heading(page), "Look into your mail");
    await assertLooksWell(page, "forgot-password-sent");

    await page.goto(linkOf(await outbox.next(email, /^Choose a new password/)));
    await assertLooksWell(page, "reset-password");
    await type(page, "New password", "password");
    assert.match(await refusedAt(page, "newPassword"), /most used passwords/);
    password = newPassword();
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.waitForURL(at("/sign-in?done=reset"));
    assert.equal(await notice(page), "Your new password is set. Sign in with it.");
    await assertLooksWell(page, "sign-in-after-reset");
    await laptop.page.goto(at("/account"));
    assert.equal(laptop.page.url(), at("/sign-in?callbackURL=%2Faccount"), "every session has ended");
  });

  it("signs out and in again, and deletes the account", async () => {
    const { page } = phone;
    await type(page, "E-mail address", email);
    await type(page, "Password", password);
    await page.keyboard.press("Enter");
    await page.waitForURL(at("/account"));
    await press(page, "Sign out");
    await page.waitForURL(at("/sign-in?done=signed-out"));

    await type(page, "E-mail address", email);
    await type(page, "Password", password);
    await page.keyboard.press("Enter");
    await page.waitForURL(at("/account"));
    await noteCookies(phone);
    await press(page, "Delete account");
    await assertLooksWell(page, "account-delete");
    await type(page, "Password", "not-the-password");
    assert.equal(await refusedAt(page, "deletePassword"), "This is not your password.");
    await page.keyboard.type(password);
    await tabTo(page, "Delete my account for good");
    await page.keyboard.press("Enter");
    await page.waitForURL(at("/sign-in?done=deleted"));
    assert.equal(await notice(page), "Your account is deleted.");
  });

  it("says so where the browser keeps no cookie", async () => {
    const { context, page } = await open(PHONE, {});
    await page.goto(at("/sign-in"));
    await context.clearCookies();
    await type(page, "E-mail address", email);
    await type(page, "Password", password);
    await page.keyboard.press("Enter");
    assert.equal(await heading(page), "Your browser kept no cookie");
    await assertLooksWell(page, "no-cookie");
  });

  it("works where scripts are switched off", async () => {
    const { context, page } = await open(PHONE, { javaScriptEnabled: false });
    const zoe = newEmail("zoe");
    await page.goto(at("/"));
    await page.click("text=Create an account");
    await page.fill("#email", zoe);
    await page.fill("#newPassword", password);
    await page.click("button");
    await page.waitForURL(at("/account"));
    await noteCookies({ context });
    await page.click("button:text-is('Sign out')");
    await page.waitForURL(at("/sign-in?done=signed-out"));
    await page.fill("#email", zoe);
    await page.fill("#password", password);
    await page.click("button");
    await page.waitForURL(at("/account"));
    await noteCookies({ context });
  });

  it("loads nothing that its own policy forbids", () => {
    assert.deepEqual([laptop.said, phone.said], [[], []]);
  });
}, { SERVICE_NAME: "Example" });
