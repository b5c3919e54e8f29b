// The built functions, run as the platform runs them, through a whole visit. Each request goes through the routes of
// the output; functions are told the browser's path in one run and the rewritten one in the other.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { story } from "../story.mjs";
import { CLIENT, FUNCTIONS, Instance, ORIGIN, routed } from "./platform.mjs";

for (const tells of ["the browser's path", "the rewritten path"]) {
  const folder = mkdtempSync(join(tmpdir(), "functions-"));
  const mails = join(folder, "mails");
  const env = { DATABASE_URL: process.env.DOORKEY_VERCEL_DATABASE, MAIL_URL: `file:${mails}` };
  const deployment = {
    names: Object.keys(FUNCTIONS),
    settings: { origin: ORIGIN, frontend: ORIGIN, client: CLIENT, mails },
    start: (name) => Instance.start(name, folder, env),
    lead(path) {
      const rewritten = routed(path);
      const target = tells === "the browser's path" ? path : rewritten;
      return { name: rewritten.split("?")[0].slice("/api/".length), target };
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
