// A whole visit to the functions of a deployment, each of them run as its platform runs it. What differs between the
// platforms comes from the deployment:
//   names            its functions
//   settings         where mails are written (`mails`), and what is expected of the addresses: `origin` of the service,
//                    `frontend` of its pages, `client` of the browser
//   headers          what the platform adds to each request, if anything
//   start(name)      an instance: call(method, target, { headers, body }), stop(), and how long it took (startedIn)
//   lead(path)       the function to which the platform leads a path, and what it tells that function (`target`)
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";

const COOKIE = "__Secure-better-auth.session_token";
const AUTH = "/api/auth";
let told = 0;

/** Tells the story as a suite of tests; `further(call, instances)` adds some to its end. */
export function story(title, deployment, further = () => {}) {
  describe(title, { timeout: 60_000 }, () => {
    const { origin, frontend, client, mails } = deployment.settings;
    const instances = {};
    const credentials = { email: `ann${(told += 1)}@example.com`, password: "correct-horse-battery" };
    let cookie;
    let handle;

    before(async () => {
      for (const name of deployment.names) instances[name] = await deployment.start(name);
    });
    after(() => Promise.all(Object.values(instances).map((instance) => instance.stop())));

    /** A request of a browser on the front end's pages; with the cookie, unless it is to be another. */
    async function call(method, path, body, sent = cookie) {
      const { name, target } = deployment.lead(path);
      assert.ok(instances[name], `${path} leads to no function`);
      const own = { ...(sent && { cookie: sent }), ...(method === "POST" && { origin: frontend }) };
      const headers = { ...deployment.headers, ...own };
      const answer = await instances[name].call(method, target, { headers, body });
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
      assert.equal(json.session.ipAddress, client);
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
      const request = { email: credentials.email, redirectTo: `${frontend}/reset` };
      const asked = await call("POST", `${AUTH}/request-password-reset`, request);
      assert.equal(asked.status, 200, JSON.stringify(asked.json));
      const mail = JSON.parse(readFileSync(mails, "utf8").trim().split("\n").at(-1));
      assert.equal(mail.to, credentials.email);
      const link = new URL(/https:\S+\/reset-password\/\S+/.exec(mail.text)[0]);
      assert.equal(link.origin, origin);
      const token = link.pathname.split("/").at(-1);
      const opened = await call("GET", `${link.pathname}${link.search}`);
      assert.deepEqual([opened.status, opened.headers.location], [302, `${frontend}/reset?token=${token}`]);
      const madeUp = await call("GET", `${AUTH}/reset-password/made-up${link.search}`);
      assert.deepEqual([madeUp.status, madeUp.headers.location], [302, `${frontend}/reset?error=INVALID_TOKEN`]);

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

    further(instances);
  });
}
