// The whole life of an account, by keyboard alone. One story: each part begins where the one before it ended.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, openBrowser } from "./lib/browser.mjs";
import { inspect } from "./lib/inspect.mjs";
import { focused, press, tabTo, type } from "./lib/keyboard.mjs";
import { startStack } from "./lib/stack.mjs";

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const email = "ann@example.com";
const first = "four unrelated words here";
const second = "another set of quiet words";
const third = "and a third, which is last";
let stack;
let chrome;
let page;

before(async () => {
  // The story has more sign-ins a minute than a person has; limits have a test of their own.
  stack = await startStack("journey", { RATE_LIMIT: "off" });
  chrome = await launch();
  page = await openBrowser(chrome, stack, { refusals: [400, 401, 403, 422] });
});
after(async () => {
  await chrome?.close();
  await stack?.stop();
});

const heading = (text, at = page) => at.getByRole("heading", { level: 1, name: text }).waitFor();
const says = (text, at = page) => at.getByText(text).first().waitFor();
const focusedOn = async (name, at = page) => {
  await at.waitForFunction(() => document.activeElement !== document.body);
  assert.equal((await focused(at)).name, name);
};

async function signIn(at, password) {
  await heading("Sign in", at);
  await type(at, "E-mail", email);
  await type(at, "Password", password);
  await at.keyboard.press("Enter");
}

/** What the browser has of Doorkey's: for this host alone, out of scripts' sight, on https only where there is https. */
async function assertFirstPartyCookie() {
  const { protocol, hostname } = new URL(stack.origin);
  const secure = protocol === "https:";
  const cookies = (await page.context().cookies()).map(({ name, domain, path, httpOnly, secure, sameSite }) => ({
    name, domain, path, httpOnly, secure, sameSite,
  }));
  const name = `${secure ? "__Secure-" : ""}better-auth.session_token`;
  assert.deepEqual(cookies, [{ name, domain: hostname, path: "/", httpOnly: true, secure, sameSite: "Lax" }]);
  assert.equal(await page.evaluate(() => document.cookie), "");
}

test("a protected page sends a signed-out visitor to sign-in", async () => {
  await page.goto("/chat");
  assert.equal(new URL(page.url()).search, "?callbackURL=%2Fchat");
  await heading("Sign in");
  await inspect(page, "sign-in");
  await page.goto("/");
  await inspect(page, "start");
  await press(page, "Make an account");
  await heading("Make an account");
});

test("sign-up says what is missing, refuses a common password, and mails a link", async () => {
  await tabTo(page, "Name");
  await page.keyboard.press("Enter");
  await says("Please tell us what to call you.");
  await focusedOn("Name");
  const { description, invalid } = await focused(page);
  assert.deepEqual([description, invalid], ["Please tell us what to call you.", true]);
  await inspect(page, "sign-up-errors");
  await page.keyboard.type("Ann");
  await type(page, "E-mail", "ann@");
  await type(page, "Password", "password1");
  await page.keyboard.press("Enter");
  await says("This does not look like an e-mail address.");
  await focusedOn("E-mail");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(email);
  await page.keyboard.press("Enter");
  await says("This is one of the most used passwords");
  await focusedOn("Password");
  await press(page, "Show password");
  assert.equal(await page.locator("[name=password]").getAttribute("type"), "text");
  await inspect(page, "sign-up");
  await page.keyboard.press("Enter");
  await tabTo(page, "Password", { back: true });
  await page.keyboard.press("Control+A");
  await page.keyboard.type(first);
  await page.keyboard.press("Enter");
  await heading("Check your mail");
  await focusedOn("Check your mail");
  await inspect(page, "check-mail");
  await stack.mailTo(email, /./);
});

test("without a confirmed address there is no way in, but another link", async () => {
  await press(page, "Sign in");
  await signIn(page, first);
  await says("Please confirm your e-mail address first");
  await press(page, "Send the link again");
  await says(`Sent to ${email}.`);
  await inspect(page, "sign-in-unconfirmed");
  const { link } = await stack.mailTo(email, /./);
  assert.ok(link.startsWith(`${stack.origin}/api/auth/verify-email`), link);
  await page.goto(link);
  await heading("Your address is confirmed");
  assert.equal(new URL(page.url()).origin, stack.origin);
  await inspect(page, "confirmed");
});

test("with one there is, and out again", async () => {
  await press(page, "Sign in");
  await page.waitForURL(/\/sign-in/);
  // Nobody is at "main" yet: the keyboard goes on from the top.
  await signIn(page, first);
  await heading("Chat");
  await assertFirstPartyCookie();
  await press(page, "Sign out");
  await heading("Sign in");
  await page.goto("/chat");
  await heading("Sign in");
});

test("a wrong password is refused, and a forgotten one is replaced by a mailed link, once", async () => {
  await signIn(page, "not the right one");
  await says("That e-mail address and password do not go together.");
  await inspect(page, "sign-in-wrong");
  await press(page, "Forgotten your password?");
  await heading("Forgotten your password?");
  await inspect(page, "forgot-password");
  await type(page, "E-mail", email);
  await page.keyboard.press("Enter");
  await heading("Check your mail");
  await focusedOn("Check your mail");
  await inspect(page, "forgot-password-mailed");
  const { link } = await stack.mailTo(email, /password/i);
  await page.goto(link);
  await heading("Choose a new password");
  await type(page, "New password", "12345678");
  await page.keyboard.press("Enter");
  await says("This is one of the most used passwords");
  await focusedOn("New password");
  await inspect(page, "reset-password");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(second);
  await page.keyboard.press("Enter");
  await heading("Sign in");
  await says("Your new password is set.");
  await inspect(page, "sign-in-after-reset");
  await page.goto(link);
  await heading("This link does not work");
  await inspect(page, "reset-password-used");
  await page.goto("/sign-in?callbackURL=/chat");
  await signIn(page, first);
  await says("That e-mail address and password do not go together.");
  await page.goto("/sign-in?callbackURL=/chat");
  await signIn(page, second);
  await heading("Chat");
});

test("the chat answers a word at a time", async () => {
  await inspect(page, "chat-empty");
  await type(page, "Message", "Polly wants a cracker, and somebody to talk to.");
  await page.keyboard.press("Enter");
  const seen = new Set();
  const whole = "Ann said: Polly wants a cracker, and somebody to talk to.";
  for (const until = Date.now() + 10_000; Date.now() < until && !seen.has(whole); ) {
    seen.add((await page.locator(".bubble.parrot").last().innerText()).replace(/^Parrot:\s*/, ""));
    await page.waitForTimeout(20);
  }
  assert.ok(seen.has(whole), [...seen].at(-1));
  assert.ok(seen.size > 5, `it came in ${seen.size} pieces`);
  await page.getByRole("button", { name: "Send" }).waitFor();
  await focusedOn("Message");
  await page.keyboard.type("Say it again, would you?");
  await page.keyboard.press("Enter");
  await says("Ann said: Say it again, would you?");
  await page.getByRole("button", { name: "Send" }).waitFor();
  await inspect(page, "chat");
});

test("the account: another name", async () => {
  await press(page, "Account");
  await heading("Your account");
  await page.getByText("this browser").waitFor();
  await inspect(page, "account");
  await type(page, "Name", "Ann Other");
  await page.keyboard.press("Enter");
  await says("Saved. Hello, Ann Other.");
  await page.goto("/");
  await says("Good to see you, Ann Other.");
});

test("a second browser is listed, revoked, and locked out at once", async () => {
  const other = await openBrowser(chrome, stack, { userAgent: FIREFOX, refusals: [401] });
  await other.goto("/sign-in");
  await signIn(other, second);
  await heading("Chat", other);
  await page.goto("/account");
  await says("Firefox on Windows");
  await inspect(page, "account-sessions");
  await press(page, "Sign out Firefox on Windows");
  await says("Firefox on Windows is signed out.");
  assert.equal(await page.getByRole("list", { name: "Sessions" }).getByRole("listitem").count(), 1);
  await type(other, "Message", "Am I still here?");
  await other.keyboard.press("Enter");
  await says("You are signed out, and the parrot talks to signed-in people only.", other);
  await inspect(other, "chat-signed-out");
  await other.goto("/account");
  await heading("Sign in", other);
  await signIn(other, second);
  await heading("Your account", other);
  await page.goto("/account");
  await press(page, "Sign out everywhere else");
  await says("You are signed out everywhere else.");
  await other.reload();
  await heading("Sign in", other);
  assertNoFaults(other);
  await other.context().close();
});

test("another password, which ends every other session", async () => {
  await page.goto("/account");
  await type(page, "Current password", first);
  await type(page, "New password", third);
  await page.keyboard.press("Enter");
  await says("This is not your password.");
  await focusedOn("Current password");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(second);
  await page.keyboard.press("Enter");
  await says("Your password is changed");
  await stack.mailTo(email, /password/i);
});

test("another address, once its link is opened", async () => {
  await type(page, "New address", "ann.other@example.com");
  await page.keyboard.press("Enter");
  await says("Open the link that goes to ann.other@example.com.");
  const { link } = await stack.mailTo("ann.other@example.com", /./);
  await page.goto(link);
  await heading("Your address is confirmed");
  await press(page, "Go on");
  await heading("Your account");
  await says("ann.other@example.com");
});

test("the account is deleted, with the password alone", async () => {
  await press(page, "Delete my account …");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await focusedOn("Delete my account …");
  await page.keyboard.press("Enter");
  await focusedOn("Password");
  await page.keyboard.type(second);
  await page.keyboard.press("Enter");
  await says("This is not your password.");
  await inspect(page, "account-delete");
  await focusedOn("Password");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(third);
  await page.keyboard.press("Enter");
  await heading("A chat that repeats what you say");
  await page.getByRole("link", { name: "Make an account" }).waitFor();
  await page.goto("/account");
  await signIn(page, third);
  await says("That e-mail address and password do not go together.");
});

test("nothing went wrong on the way", async () => {
  await page.goto("/nowhere");
  await heading("There is nothing here");
  await inspect(page, "not-found");
  assert.deepEqual(page.faults.filter((fault) => !fault.includes("/nowhere")), []);
});
