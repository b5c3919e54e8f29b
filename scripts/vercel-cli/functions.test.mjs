// The built functions, run as the platform runs them, through a whole visit. Each request goes through the routes of
// the output; functions are told the browser's path in one run and the rewritten one in the other.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Instance } from "./instance.mjs";
import { readOutput } from "./output.mjs";

const { functions, routed, functionAt } = readOutput(process.env.DOORKEY_VERCEL_APP);
const HOST = "auth.example.com";
const ORIGIN = `https://${HOST}`;
const COOKIE = "__Secure-better-auth.session_token";
const AUTH = "/api/auth";

for (const tells of ["the browser's path", "the rewritten path"]) {
  describe(`a deployment that tells ${tells}`, { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "functions-"));
    const mails = join(folder, "mails");
    const instances = {};
    const credentials = { email: `ann-${tells.split(" ")[1][0]}@example.com`, password: "correct-horse-battery" };
    let cookie;
    let handle;

    before(async () => {
      const settings = {
        VERCEL_ENV: "production", VERCEL_URL: "doorkey-4f9a2c.vercel.app", VERCEL_PROJECT_PRODUCTION_URL: HOST,
        SECRET_KEY: process.env.DOORKEY_VERCEL_SECRET, DATABASE_URL: process.env.DOORKEY_VERCEL_DATABASE,
        MAIL_URL: `file:${mails}`,
      };
      for (const [name, { executable }] of Object.entries(functions)) {
        instances[name] = await Instance.start(name, executable, folder, settings);
      }
    });
    after(async () => {
      await Promise.all(Object.values(instances).map((instance) => instance.stop()));
      rmSync(folder, { recursive: true });
    });

    /** A request of a browser on the deployment's own pages; with the cookie, unless it is to be another. */
    async function call(method, path, body, sent = cookie) {
      const target = routed(path);
      const instance = instances[functionAt(target)];
      assert.ok(instance, `${path} leads to no function`);
      const headers = { host: HOST, "x-real-ip": "203.0.113.9", ...(sent && { cookie: sent }), ...(method === "POST" && { origin: ORIGIN }) };
      const answer = await instance.call(method, tells === "the browser's path" ? path : target, { headers, body });
      const set = answer.headers["set-cookie"]?.find((line) => line.startsWith(`${COOKIE}=`));
      if (set) cookie = set.split(";")[0];
      return answer;
    }

    it("is healthy, the database too", async (t) => {
      assert.equal((await call("GET", "/health")).json.status, "ok");
      const deep = await call("GET", "/health?deep=1");
      assert.equal(deep.status, 200, JSON.stringify(deep.json));
      assert.deepEqual((await call("GET", `${AUTH}/ok`)).json, { ok: true });
      const started = Object.entries(instances).map(([name, { startedIn }]) => `${name} ${startedIn.toFixed(1)} ms`);
      t.diagnostic(`started: ${started.join(", ")}`);
    });

    it("knows nobody without a cookie", async () => {
      assert.equal((await call("GET", `${AUTH}/get-session`)).json, null);
      assert.equal((await call("GET", "/api/verify")).status, 401);
      assert.equal((await call("GET", `${AUTH}/list-sessions`)).status, 401);
    });

    it("signs up, and in again", async () => {
      const up = await call("POST", `${AUTH}/sign-up/email`, { name: "Ann", ...credentials });
      assert.equal(up.status, 200, JSON.stringify(up.json));
      handle = up.json.token;
      cookie = undefined;
      const wrong = await call("POST", `${AUTH}/sign-in/email`, { ...credentials, password: "not-the-password" });
      assert.deepEqual([wrong.status, wrong.json.code], [401, "INVALID_EMAIL_OR_PASSWORD"]);
      const signedIn = await call("POST", `${AUTH}/sign-in/email`, credentials);
      assert.equal(signedIn.status, 200, JSON.stringify(signedIn.json));
      assert.ok(cookie, "no cookie");
    });

    it("tells who it is", async () => {
      const { json } = await call("GET", `${AUTH}/get-session`);
      assert.equal(json.user.email, credentials.email);
      assert.equal(json.session.ipAddress, "203.0.113.9");
      const verified = await call("GET", "/api/verify");
      assert.deepEqual([verified.status, verified.headers["x-auth-email"]], [200, credentials.email]);
    });

    it("lists both sessions, ends the first, then this one", async () => {
      assert.equal((await call("GET", `${AUTH}/list-sessions`)).json.length, 2);
      assert.equal((await call("POST", `${AUTH}/revoke-session`, { token: handle })).status, 200);
      assert.equal((await call("GET", `${AUTH}/list-sessions`)).json.length, 1);
      const ended = cookie;
      assert.equal((await call("POST", `${AUTH}/sign-out`)).status, 200);
      assert.equal((await call("GET", `${AUTH}/get-session`, undefined, ended)).json, null);
    });

    it("mails a link that leads to the recovery function with its token", async () => {
      const request = { email: credentials.email, redirectTo: "/reset" };
      const asked = await call("POST", `${AUTH}/request-password-reset`, request);
      assert.equal(asked.status, 200, JSON.stringify(asked.json));
      const mail = JSON.parse(readFileSync(mails, "utf8").trim().split("\n").at(-1));
      assert.equal(mail.to, credentials.email);
      const link = new URL(/https:\S+\/reset-password\/\S+/.exec(mail.text)[0]);
      assert.equal(link.origin, ORIGIN);
      const token = link.pathname.split("/").at(-1);
      const opened = await call("GET", `${link.pathname}${link.search}`);
      assert.deepEqual([opened.status, opened.headers.location], [302, `${ORIGIN}/reset?token=${token}`]);
      const madeUp = await call("GET", `${AUTH}/reset-password/made-up${link.search}`);
      assert.deepEqual([madeUp.status, madeUp.headers.location], [302, `${ORIGIN}/reset?error=INVALID_TOKEN`]);

      credentials.password = "another-horse-battery";
      const reset = await call("POST", `${AUTH}/reset-password`, { newPassword: credentials.password, token });
      assert.deepEqual([reset.status, reset.json], [200, { status: true }]);
      assert.equal((await call("POST", `${AUTH}/sign-in/email`, credentials)).status, 200);
    });

    it("gives tokens by its published key, and changes the account", async () => {
      const { json } = await call("GET", `${AUTH}/token`);
      const { kid, alg } = JSON.parse(Buffer.from(json.token.split(".")[0], "base64url").toString());
      const { keys } = (await call("GET", `${AUTH}/jwks`)).json;
      assert.deepEqual(keys.map((key) => [key.kid, key.alg]), [[kid, alg]]);
      assert.equal((await call("POST", `${AUTH}/update-user`, { name: "Anna" })).status, 200);
      assert.equal((await call("GET", `${AUTH}/get-session`)).json.user.name, "Anna");
    });

    it("stops when told to", async () => {
      for (const name of Object.keys(instances)) {
        const instance = instances[name];
        delete instances[name];
        assert.equal(await instance.stop(), 0, name);
      }
    });
  });
}
