// The short names that apps written for the first version of this service use: /api/signup, /api/signin, /api/verify.
import assert from "node:assert/strict";
import { before, it } from "node:test";
import { CookieJar, SESSION } from "./lib/cookies.mjs";
import { exchange } from "./lib/raw.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach, FRONTEND } from "./lib/setups.mjs";

describeEach("short names", (stack) => {
  const email = newEmail("ann");
  const password = newPassword();
  const jar = new CookieJar();
  let handle;

  async function post(path, body) {
    const answer = await exchange(stack, "POST", path, { headers: [["Origin", FRONTEND]], body });
    for (const line of answer.headers.all("set-cookie")) jar.take(line);
    return { status: answer.status, body: JSON.parse(answer.body) };
  }
  const get = (path, headers = [["Cookie", jar.header()]]) => exchange(stack, "GET", path, { headers });

  before(async () => {
    const { status, body } = await post("/api/signup", { email, password });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.user.name, email.split("@")[0], "the name is the local part when none is given");
    assert.ok(jar.get(SESSION));
  });

  it("signin gives what sign-in/email gives", async () => {
    const short = await post("/api/signin", { email, password });
    const long = await post("/api/auth/sign-in/email", { email, password });
    assert.equal(short.status, 200);
    assert.deepEqual({ ...short.body, token: "" }, { ...long.body, token: "" });
    handle = long.body.token;
    const wrong = await post("/api/signin", { email, password: newPassword() });
    assert.deepEqual(wrong, {
      status: 401,
      body: { message: "Invalid email or password", code: "INVALID_EMAIL_OR_PASSWORD" },
    });
  });

  it("verify gives the session, and the user in headers", async () => {
    const answer = await get("/api/verify");
    assert.equal(answer.status, 200, answer.body);
    const { session, user } = JSON.parse(answer.body);
    assert.deepEqual({ session, user }, JSON.parse((await get("/api/auth/get-session")).body));
    assert.equal(session.token, handle);
    assert.equal(answer.headers.get("x-auth-user-id"), user.id);
    assert.equal(answer.headers.get("x-auth-email"), email);
    assert.equal(answer.headers.get("x-auth-name"), user.name);
    assert.equal(answer.headers.get("x-auth-session-expires"), session.expiresAt);
  });

  it("a name that is not plain ASCII comes percent-encoded", async () => {
    await post("/api/signup", { name: "Zoë 100%", email: newEmail("zoe"), password });
    assert.equal(decodeURIComponent((await get("/api/verify")).headers.get("x-auth-name")), "Zoë 100%");
  });

  it("verify without a session is 401 and names nobody, whatever the caller claims to be", async () => {
    for (const headers of [[], [["Cookie", `${SESSION}=nope.nope`]], [["X-Auth-User-Id", "1"], ["X-Auth-Email", "a"]]]) {
      const answer = await get("/api/verify", headers);
      assert.equal(answer.status, 401);
      assert.equal(answer.body, '{"message":"Unauthorized","code":"UNAUTHORIZED"}');
      for (const name of ["user-id", "email", "name", "session-expires"]) {
        assert.equal(answer.headers.get(`x-auth-${name}`), undefined, name);
      }
    }
  });
});
