// The cookie's name and attributes by where back end and front end live, and the ways cookies arrive.
import assert from "node:assert/strict";
import { before, it } from "node:test";
import { getSessionCookie } from "better-auth/cookies";
import { Browser } from "./lib/browser.mjs";
import { success } from "./lib/checks.mjs";
import { CookieJar, parseSetCookie, SESSION } from "./lib/cookies.mjs";
import { exchange } from "./lib/raw.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeOnServer } from "./lib/setups.mjs";

/** Sign up by hand, from the front end's page; the session's Set-Cookie line, read. */
async function signUp(stack, origin) {
  const body = { name: "Ann", email: newEmail("ann"), password: newPassword() };
  const answer = await exchange(stack, "POST", "/api/auth/sign-up/email", { headers: [["Origin", origin]], body });
  assert.equal(answer.status, 200, answer.body);
  const lines = answer.headers.all("set-cookie");
  const jar = new CookieJar();
  for (const line of lines) jar.take(line);
  return { jar, cookie: lines.map(parseSetCookie).find(({ name }) => name.endsWith(SESSION)) };
}

const PLACES = [
  {
    title: "https, one site",
    env: { PUBLIC_URL: "https://auth.example.com", FRONTEND_URL: "https://app.example.com" },
    attributes: ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax", "Secure"],
  },
  {
    title: "https, two sites (hf.space and vercel.app are public suffixes)",
    env: { PUBLIC_URL: "https://ann-auth.hf.space", FRONTEND_URL: "https://ann.vercel.app" },
    attributes: ["HttpOnly", "Max-Age=604800", "Partitioned", "Path=/", "SameSite=None", "Secure"],
  },
];

for (const { title, env, attributes } of PLACES) {
  describeOnServer(`cookies on ${title}`, (stack) => {
    it("have the __Secure- prefix and exactly the attributes of the place", async () => {
      const { jar, cookie } = await signUp(stack, env.FRONTEND_URL);
      assert.equal(cookie.name, `__Secure-${SESSION}`);
      assert.deepEqual(cookie.attributes, attributes);

      const headers = { cookie: jar.header() };
      const found = getSessionCookie(new Request(env.FRONTEND_URL, { headers }));
      assert.equal(decodeURIComponent(found), decodeURIComponent(cookie.value));

      const get = (name) =>
        exchange(stack, "GET", "/api/auth/get-session", { headers: [["Cookie", `${name}=${cookie.value}`]] });
      assert.notEqual((await get(`__Secure-${SESSION}`)).body, "null");
      assert.equal((await get(SESSION)).body, "null", "the name without the prefix is another cookie");
    });
  }, env);
}

describeOnServer("cookies as they arrive", (stack) => {
  let cookie;
  let other;

  before(async () => {
    const sign = async () => {
      const browser = new Browser(stack);
      success(await browser.client.signUp.email({ name: "Ann", email: newEmail("ann"), password: newPassword() }));
      return `${SESSION}=${browser.sessionCookie}`;
    };
    cookie = await sign();
    other = await sign();
  });

  const session = async (...lines) => {
    const headers = lines.map((line) => ["Cookie", line]);
    const answer = await exchange(stack, "GET", "/api/auth/get-session", { headers });
    assert.equal(answer.status, 200, answer.body);
    return JSON.parse(answer.body)?.session;
  };

  const FOUND = {
    "alone": (mine) => [mine],
    "among others": (mine) => [`a=1; ${mine}; theme="dark; light"; b=2`],
    "in a second Cookie line": (mine) => ["a=1", mine],
    "in a first Cookie line": (mine) => [mine, "a=1"],
    "beside a cookie with a byte outside ASCII": (mine) => [`name=Ren\xe9; ${mine}`],
    "after a line with a byte outside ASCII": (mine) => ["name=Ren\xe9", mine],
    "beside a cookie of its own name with a bad signature": (mine) => [`${SESSION}=tossed.AAAA; ${mine}`],
    "twice over": (mine) => [mine, mine],
  };
  for (const [how, lines] of Object.entries(FOUND)) {
    it(`are found: ${how}`, async () => assert.ok(await session(...lines(cookie))));
  }

  it("are none when two valid ones differ", async () => {
    assert.equal(await session(`${cookie}; ${other}`), undefined);
    assert.equal(await session(cookie, other), undefined);
    assert.ok(await session(other));
  });
});
