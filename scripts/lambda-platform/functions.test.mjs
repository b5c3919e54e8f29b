// What the template deploys, through a whole visit: its functions with the environment that it gives them, behind the
// routes that it makes. In one run the secrets are its parameters and bodies come as text, in the other the secrets
// come from Secrets Manager and bodies in base64.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { it } from "node:test";
import { story } from "../story.mjs";
import { CLIENT, Instance, ORIGIN, routeOf } from "./platform.mjs";

const WORK = process.env.DOORKEY_LAMBDA_WORK;
const FRONTEND = "https://app.example.com";
const SECRETS = JSON.parse(readFileSync(join(WORK, "secrets.json"), "utf8"));

/** Values of an environment, with those of the secret called `doorkey`. */
const resolved = (environment) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => {
    const [, key] = /^\{\{resolve:secretsmanager:doorkey:SecretString:(\w+)\}\}$/.exec(value) ?? [];
    return [name, key ? SECRETS[key] : value];
  }));

for (const [plan, title, encoded] of [
  ["parameters", "a deployment with secrets in parameters", false],
  ["secret", "a deployment with secrets in Secrets Manager", true],
]) {
  const { functions, routes } = JSON.parse(readFileSync(join(WORK, `${plan}.json`), "utf8"));
  const deployment = {
    names: Object.keys(functions),
    settings: { origin: ORIGIN, frontend: FRONTEND, client: CLIENT, mails: join(WORK, "mails") },
    start(name) {
      const { environment, memory } = functions[name];
      const folder = join(WORK, "functions", name);
      return Instance.start({ folder, memory, environment: resolved(environment) }, routes, encoded);
    },
    lead: (path) => ({ name: routeOf(routes, path.split("?")[0])?.function, target: path }),
  };

  story(title, deployment, (instances) => {
    it("has a function for each file of api/, all run alike", () => {
      const files = readdirSync(resolve(import.meta.dirname, "../../api")).map((file) => file.replace(/\.rs$/, ""));
      assert.deepEqual(Object.keys(functions).sort(), files.sort());
      for (const { runtime, handler } of Object.values(functions)) {
        assert.deepEqual([runtime, handler], ["provided.al2023", "bootstrap"]);
      }
      assert.ok(routes.every(({ method }) => method === "x-amazon-apigateway-any-method"));
    });

    it("answers preflights for the front end and for no other page", async () => {
      const target = "/api/auth/sign-in/email";
      const preflight = (origin) =>
        instances.signin.call("OPTIONS", target, { headers: { origin, "access-control-request-method": "POST" } });
      const { headers } = await preflight(FRONTEND);
      assert.equal(headers["access-control-allow-origin"], FRONTEND);
      assert.equal(headers["access-control-allow-credentials"], "true");
      assert.equal((await preflight("https://evil.example")).headers["access-control-allow-origin"], undefined);
    });

    it("leads nothing else to a function", () => {
      for (const path of ["/", "/api", "/api/auth", "/api/auth/reset-password/a/b", "/api/auth/admin/list-users"]) {
        assert.equal(routeOf(routes, path), undefined, path);
      }
    });
  });
}
