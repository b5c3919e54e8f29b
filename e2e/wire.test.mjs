// Facts of the wire that a client library hides: methods, unknown paths, headers, preflights.
import assert from "node:assert/strict";
import { before, it } from "node:test";
import { exchange } from "./lib/raw.mjs";
import { CookieJar } from "./lib/cookies.mjs";
import { newEmail, newPassword } from "./lib/secrets.mjs";
import { describeEach, describeOnServer, FRONTEND } from "./lib/setups.mjs";

/** A list in a header, such as Allow or Vary: lower case, sorted. */
const list = (value) => (value ?? "").toLowerCase().split(",").map((each) => each.trim()).filter(Boolean).sort();

const PATHS = {
  "/api/auth/sign-up/email": "POST",
  "/api/auth/sign-in/email": "POST",
  "/api/auth/sign-out": "POST",
  "/api/auth/revoke-session": "POST",
  "/api/auth/revoke-sessions": "POST",
  "/api/auth/revoke-other-sessions": "POST",
  "/api/auth/list-sessions": "GET",
  "/api/verify": "GET",
  "/health": "GET",
};

describeEach("wire", (stack) => {
  it("health answers without a database, HEAD without a body", async () => {
    const answer = await exchange(stack, "GET", "/health");
    assert.equal(answer.status, 200);
    const { status, version, ...more } = JSON.parse(answer.body);
    assert.equal(status, "ok");
    assert.match(version, /^\d+\.\d+\.\d+/);
    assert.deepEqual(more, {});
    const head = await exchange(stack, "HEAD", "/health");
    assert.equal(head.status, 200);
    assert.equal(head.body, "");
    assert.deepEqual(JSON.parse((await exchange(stack, "GET", "/api/auth/ok")).body), { ok: true });
  });

  for (const [path, method] of Object.entries(PATHS)) {
    it(`${path} takes ${method} and says so to others`, async () => {
      for (const other of ["GET", "POST", "PUT", "DELETE", "TRACE"].filter((each) => each !== method)) {
        const answer = await exchange(stack, other, path, { headers: [["Origin", FRONTEND]] });
        assert.equal(answer.status, 405, other);
        assert.ok(list(answer.headers.get("allow")).includes(method.toLowerCase()), `${other}: ${answer.headers.get("allow")}`);
        assert.ok(!list(answer.headers.get("allow")).includes(other.toLowerCase()), other);
      }
    });
  }

  it("POST get-session is 405 with the code that the client knows", async () => {
    const answer = await exchange(stack, "POST", "/api/auth/get-session", { headers: [["Origin", FRONTEND]], body: {} });
    assert.equal(answer.status, 405);
    assert.equal(JSON.parse(answer.body).code, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED");
  });

  it("HEAD get-session has GET's head and no body", async () => {
    const answer = await exchange(stack, "HEAD", "/api/auth/get-session");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.equal(answer.body, "");
  });

  it("a preflight from the front end is allowed, with credentials", async () => {
    for (const [path, method] of [...Object.entries(PATHS), ["/api/auth/get-session", "GET"]]) {
      if (path === "/health") continue;
      const headers = [
        ["Origin", FRONTEND],
        ["Access-Control-Request-Method", method],
        ["Access-Control-Request-Headers", "content-type"],
      ];
      const answer = await exchange(stack, "OPTIONS", path, { headers });
      assert.ok(answer.status === 204 || answer.status === 200, `${path}: ${answer.status}`);
      assert.equal(answer.headers.get("access-control-allow-origin"), FRONTEND);
      assert.equal(answer.headers.get("access-control-allow-credentials"), "true");
      assert.ok(list(answer.headers.get("access-control-allow-methods")).includes(method.toLowerCase()), path);
      assert.ok(list(answer.headers.get("access-control-allow-headers")).includes("content-type"), path);
      assert.ok(list(answer.headers.all("vary").join(",")).includes("origin"), path);
    }
  });

  it("a preflight from elsewhere, or from a look-alike, allows nothing", async () => {
    for (const origin of ["https://evil.example", "http://localhost:3000.evil.example", "https://localhost:3000", "null"]) {
      const headers = [["Origin", origin], ["Access-Control-Request-Method", "POST"]];
      const answer = await exchange(stack, "OPTIONS", "/api/auth/sign-in/email", { headers });
      assert.equal(answer.headers.get("access-control-allow-origin"), undefined, origin);
      assert.equal(answer.headers.get("access-control-allow-credentials"), undefined, origin);
    }
  });
});

describeEach("answers with credentials", (stack) => {
  const account = { name: "Ann", email: newEmail("ann"), password: newPassword() };
  const page = [["Origin", FRONTEND]];
  let jar;

  before(async () => {
    jar = new CookieJar();
    const answer = await exchange(stack, "POST", "/api/auth/sign-up/email", { headers: page, body: account });
    assert.equal(answer.status, 200, answer.body);
    for (const line of answer.headers.all("set-cookie")) jar.take(line);
    assertPrivate("sign-up", answer);
  });

  function assertPrivate(what, answer) {
    assert.equal(answer.headers.get("cache-control"), "no-store", what);
    assert.match(answer.headers.get("content-type"), /^application\/json/, what);
    assert.equal(answer.headers.get("access-control-allow-origin"), FRONTEND, what);
    assert.equal(answer.headers.get("access-control-allow-credentials"), "true", what);
    assert.ok(list(answer.headers.all("vary").join(",")).includes("origin"), what);
    assert.equal(answer.headers.get("server"), undefined, what);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff", what);
  }

  it("are kept by no cache, refused ones too, and readable by the front end alone", async () => {
    const headers = [...page, ["Cookie", jar.header()]];
    const signIn = (body) => exchange(stack, "POST", "/api/auth/sign-in/email", { headers: page, body });
    assertPrivate("sign-in", await signIn(account));
    assertPrivate("wrong sign-in", await signIn({ ...account, password: newPassword() }));
    for (const path of ["/api/auth/get-session", "/api/auth/list-sessions", "/api/verify"]) {
      assertPrivate(path, await exchange(stack, "GET", path, { headers }));
      assertPrivate(`${path} signed out`, await exchange(stack, "GET", path, { headers: page }));
    }
    for (const path of ["revoke-other-sessions", "sign-out"]) {
      assertPrivate(path, await exchange(stack, "POST", `/api/auth/${path}`, { headers, body: {} }));
    }
  });

  it("come without Origin and without a browser's headers, as curl sends them", async () => {
    for (const path of ["/api/auth/sign-in/email", "/api/signin"]) {
      const answer = await exchange(stack, "POST", path, { body: account });
      assert.equal(answer.status, 200, answer.body);
      for (const line of answer.headers.all("set-cookie")) jar.take(line);
    }
  });
});

describeOnServer("unknown paths", (stack) => {
  const UNKNOWN = ["/api/auth/nope", "/api/auth", "/api/auth/ok/", "/nope", "/api/auth//ok", "/API/AUTH/OK"];
  for (const path of UNKNOWN) {
    it(`${path} is 404 with nothing in it, whatever the method`, async () => {
      for (const method of ["GET", "POST", "DELETE", "HEAD"]) {
        const answer = await exchange(stack, method, path, { headers: [["Origin", FRONTEND]] });
        assert.equal(answer.status, 404, method);
        assert.equal(answer.body, "", method);
      }
    });
  }
});
