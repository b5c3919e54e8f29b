// The built functions, run as the platform runs them, through a whole visit. Each request goes through the routes of
// the output; functions are told the browser's path in one run and the rewritten one in the other.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { story } from "../story.mjs";
import { Instance } from "./instance.mjs";
import { readOutput } from "./output.mjs";

const { functions, routed, functionAt } = readOutput(process.env.DOORKEY_VERCEL_APP);
const HOST = "auth.example.com";
const ORIGIN = `https://${HOST}`;
const CLIENT = "203.0.113.9";

for (const tells of ["the browser's path", "the rewritten path"]) {
  const folder = mkdtempSync(join(tmpdir(), "functions-"));
  const mails = join(folder, "mails");
  const environment = {
    VERCEL_ENV: "production", VERCEL_URL: "doorkey-4f9a2c.vercel.app", VERCEL_PROJECT_PRODUCTION_URL: HOST,
    SECRET_KEY: process.env.DOORKEY_VERCEL_SECRET, DATABASE_URL: process.env.DOORKEY_VERCEL_DATABASE,
    MAIL_URL: `file:${mails}`,
  };
  const deployment = {
    names: Object.keys(functions),
    settings: { origin: ORIGIN, frontend: ORIGIN, client: CLIENT, mails },
    headers: { host: HOST, "x-real-ip": CLIENT },
    start: (name) => Instance.start(name, functions[name].executable, folder, environment),
    lead(path) {
      const rewritten = routed(path);
      return { name: functionAt(rewritten), target: tells === "the browser's path" ? path : rewritten };
    },
  };
  story(`a deployment that tells ${tells}`, deployment, (instances) => {
    it("stops when told to", async () => {
      for (const name of Object.keys(instances)) {
        const instance = instances[name];
        delete instances[name];
        assert.equal(await instance.stop(), 0, name);
      }
    });
  });
}
