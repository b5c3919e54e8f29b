// What goes wrong, and what people are told. Limits are on here, and no address has to be confirmed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, openBrowser } from "./lib/browser.mjs";
import { inspect } from "./lib/inspect.mjs";
import { press, type } from "./lib/keyboard.mjs";
import { startStack } from "./lib/stack.mjs";

const password = "four unrelated words here";
let stack;
let chrome;

before(async () => {
  stack = await startStack("refusals", { REQUIRE_EMAIL_VERIFICATION: "off" });
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
  await stack?.stop();
});

/** A browser that has just made an account. */
async function newcomer(email, callbackURL = "/chat") {
  const page = await openBrowser(chrome, stack, { refusals: [401, 429, 500] });
  await page.goto(`/sign-up?${new URLSearchParams({ callbackURL })}`);
  await type(page, "Name", "Bob");
  await type(page, "E-mail", email);
  await type(page, "Password", password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname !== "/sign-up");
  return page;
}

test("where no address has to be confirmed, sign-up is enough, and the account page offers the link", async () => {
  const page = await newcomer("bob@example.com", "/account?from=mail");
  assert.equal(new URL(page.url()).pathname, "/account");
  await page.getByText("not confirmed").waitFor();
  await inspect(page, "account-unconfirmed");
  await stack.mailTo("bob@example.com", /./);
  await press(page, "Send the link again");
  await page.getByText("Sent to bob@example.com.").waitFor();
  const { link } = await stack.mailTo("bob@example.com", /./);
  await page.goto(link);
  await press(page, "Go on");
  await page.getByText("confirmed", { exact: true }).waitFor();
  await page.goto("/verify-email?error=TOKEN_EXPIRED");
  await page.getByText("This link is too old.").waitFor();
  assertNoFaults(page);
});

test("an address in the address bar leads nowhere but into the app", async () => {
  const page = await newcomer("carl@example.com");
  for (const bad of ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/.//evil.example", "javascript:alert(1)", "evil.example"]) {
    await page.goto(`/sign-in?${new URLSearchParams({ callbackURL: bad })}`);
    assert.equal(page.url(), `${stack.origin}/chat`, bad);
  }
  await page.goto(`/sign-in?${new URLSearchParams({ callbackURL: "/account?a=1" })}`);
  assert.equal(page.url(), `${stack.origin}/account?a=1`);
  assertNoFaults(page);
});

test("a cookie that is none gets past the proxy and no further", async () => {
  const headers = { cookie: "better-auth.session_token=made.up" };
  const page = await fetch(`${stack.origin}/account`, { headers, redirect: "manual" });
  assert.equal(page.status, 307);
  assert.equal(page.headers.get("location"), "/sign-in?callbackURL=%2Faccount");
  const chat = (extra, type = "application/json") =>
    fetch(`${stack.origin}/api/chat`, { method: "POST", headers: { ...extra, "content-type": type }, body: '{"message":"hi"}' });
  assert.equal((await chat(headers)).status, 401);
  assert.equal((await chat({})).status, 401);
  assert.equal((await chat(headers, "text/plain")).status, 415);
});

test("every page has a policy without inline scripts, and a nonce of its own", async () => {
  const policy = async () => (await fetch(`${stack.origin}/sign-in`)).headers.get("content-security-policy");
  const [one, other] = [await policy(), await policy()];
  assert.match(one, /script-src 'self' 'nonce-[A-Za-z0-9+/=]{20,}' 'strict-dynamic';/);
  assert.doesNotMatch(one, /unsafe/);
  assert.equal(one.includes("upgrade-insecure-requests"), stack.origin.startsWith("https:"));
  assert.notEqual(one, other);
});

test("without a connection, or with trouble behind it, the form says so", async () => {
  const page = await openBrowser(chrome, stack, { refusals: [500] });
  await page.goto("/sign-in");
  const signIn = "**/api/auth/sign-in/email";
  await page.route(signIn, (route) => route.abort("internetdisconnected"));
  await type(page, "E-mail", "dora@example.com");
  await type(page, "Password", password);
  await page.keyboard.press("Enter");
  await page.getByText("We cannot reach the sign-in service.").waitFor();
  await page.unroute(signIn);
  await page.route(signIn, (route) => route.fulfill({ status: 500, body: "Internal Server Error" }));
  await page.keyboard.press("Enter");
  await page.getByText("The sign-in service is having trouble.").waitFor();
  assert.deepEqual(page.faults.filter((fault) => !fault.includes("ERR_INTERNET_DISCONNECTED")), []);
});

test("after ten tries there is a wait, and its time is said", async () => {
  const page = await openBrowser(chrome, stack, { refusals: [401, 429] });
  await page.goto("/sign-in");
  await type(page, "E-mail", "erin@example.com");
  await type(page, "Password", "wrong, and so on");
  const wait = page.getByRole("button", { name: /^Wait / });
  for (let attempt = 0; attempt < 20 && !(await wait.isVisible()); attempt += 1) {
    const answered = page.waitForResponse("**/api/auth/sign-in/email");
    await page.keyboard.press("Enter");
    await answered;
    await page.locator("button[type=submit]:not([aria-busy=true])").waitFor();
  }
  await page.getByText(/Too many tries. Try again in (1 min )?\d+ s\./).waitFor();
  const before = await wait.innerText();
  await inspect(page, "sign-in-limited");
  await wait.filter({ hasNotText: before }).waitFor(); // it counts down
  assertNoFaults(page);
});

test("while Doorkey does not answer, a protected page says so and lets one try again", async () => {
  const page = await newcomer("fred@example.com", "/account");
  await page.getByRole("heading", { level: 1, name: "Your account" }).waitFor();
  const thaw = stack.freeze();
  try {
    await page.goto("/account", { timeout: 60_000 });
    await page.getByRole("heading", { level: 1, name: "Something is not working" }).waitFor({ timeout: 60_000 });
    await inspect(page, "error");
  } finally {
    thaw();
  }
  await press(page, "Try again");
  await page.getByRole("heading", { level: 1, name: "Your account" }).waitFor();
});
