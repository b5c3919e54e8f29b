// A preview on Vercel: its hosts are closed to all but the project's members, to its own server as well.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { admits } from "../../../scripts/vercel-cli/edge.mjs";
import { BRANCH, DEPLOYMENT, PRODUCTION } from "./lib/hosts.mjs";
import { startStack } from "./lib/stack.mjs";

const password = "four unrelated words here";
const account = (email) => ({ name: "Ann", email, password });
const open = { REQUIRE_EMAIL_VERIFICATION: "off" };

/** One member of the project's team at one host of it. */
function visitor(host) {
  const origin = `https://${host}`;
  const jar = new Map([admits(host).split("=")]);
  const cookies = () => [...jar].map((pair) => pair.join("=")).join("; ");
  const send = async (path, { headers, ...request } = {}) => {
    const answer = await fetch(origin + path, { redirect: "manual", headers: { cookie: cookies(), ...headers }, ...request });
    for (const line of answer.headers.getSetCookie()) jar.set(...line.split(";")[0].split("="));
    return answer;
  };
  const post = (path, body, from = origin) =>
    send(path, { method: "POST", headers: { origin: from, "content-type": "application/json" }, body: JSON.stringify(body) });
  return { origin, get: send, post };
}

/** The server asked Doorkey who it is, and was told. */
async function showsAccount(page, email) {
  assert.equal(page.status, 200);
  assert.ok((await page.text()).includes(email), "the page is not about whom it should be");
}

describe("a preview, at its branch's host", () => {
  let stack;
  before(async () => (stack = await startStack("preview", open, { preview: true, tells: "browser" })));
  after(() => stack?.stop());

  test("signs up and shows who it is: the server gets past the protection with the visitor's own cookie", async () => {
    const ann = visitor(BRANCH);
    const signedUp = await ann.post("/api/auth/sign-up/email", account("ann@example.com"));
    assert.equal(signedUp.status, 200, await signedUp.clone().text());
    const set = signedUp.headers.getSetCookie();
    assert.match(set.join(), /^__Secure-better-auth\.session_token=[^;]+;.*HttpOnly.*Secure/);
    assert.doesNotMatch(set.join(), /Domain/i);
    await showsAccount(await ann.get("/account"), "ann@example.com");
    // Doorkey knows of no branch when it writes a link: it leads to the deployment itself, the same one.
    assert.ok((await stack.mailTo("ann@example.com", /./)).link.startsWith(`https://${DEPLOYMENT}/api/auth/verify-email`));
  });

  test("trusts its own hosts and no other of the platform", async () => {
    const bob = visitor(DEPLOYMENT);
    for (const foreign of ["https://parrot-4f9a2c-foxes.vercel.app", "https://vercel.app", `http://${BRANCH}`, `https://${BRANCH}:8443`]) {
      const refused = await bob.post("/api/auth/sign-up/email", account("bob@example.com"), foreign);
      assert.deepEqual([refused.status, (await refused.json()).code], [403, "INVALID_ORIGIN"], foreign);
    }
    assert.equal((await bob.post("/api/auth/sign-up/email", account("bob@example.com"), `https://${BRANCH}`)).status, 200);
    assert.equal((await bob.post("/api/auth/sign-in/email", account("bob@example.com"))).status, 200);
    await showsAccount(await bob.get("/account"), "bob@example.com");
  });

  test("is closed to everybody else, and is not the production", async () => {
    assert.equal((await fetch(`https://${BRANCH}/`)).status, 401);
    assert.equal((await fetch(`https://${BRANCH}/api/auth/ok`, { headers: { cookie: admits(DEPLOYMENT) } })).status, 401);
    assert.equal((await fetch(`https://${PRODUCTION}/`)).status, 404);
  });
});

test("where visitors have no cookie of the platform, the secret for programs lets the server in", async () => {
  const secret = "a-secret-for-programs-of-the-project";
  const stack = await startStack("bypass", open, { preview: true, system: { VERCEL_AUTOMATION_BYPASS_SECRET: secret } });
  try {
    const headers = { "x-vercel-protection-bypass": secret, origin: `https://${BRANCH}`, "content-type": "application/json" };
    const signUp = { method: "POST", headers, body: JSON.stringify(account("cleo@example.com")) };
    const signedUp = await fetch(`https://${BRANCH}/api/auth/sign-up/email`, signUp);
    const cookie = signedUp.headers.getSetCookie()[0].split(";")[0];
    const page = await fetch(`https://${BRANCH}/account`, { headers: { "x-vercel-protection-bypass": secret, cookie } });
    await showsAccount(page, "cleo@example.com");
  } finally {
    await stack.stop();
  }
});
