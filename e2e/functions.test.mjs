// Each function alone: it serves its own paths, by both names, and knows nothing of its neighbours'.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { temporaryFolder } from "./lib/folders.mjs";
import { exchange } from "./lib/raw.mjs";
import { FUNCTIONS, ROUTES } from "./lib/router.mjs";
import { newKey } from "./lib/secrets.mjs";
import { startProgram } from "./lib/servers.mjs";
import { FRONTEND } from "./lib/setups.mjs";

for (const name of FUNCTIONS) {
  describe(`the function ${name}`, { timeout: 60_000 }, () => {
    const env = { FRONTEND_URL: FRONTEND, SECRET_KEY: newKey() };
    let program;

    before(async () => {
      program = await startProgram(name, { env, folder: temporaryFolder("e2e") });
    });
    after(() => program?.stop());

    it("has an answer on each of its own paths", async () => {
      for (const { path } of ROUTES.filter((route) => route.name === name)) {
        const answer = await exchange(program, "PUT", path, { headers: [["Origin", FRONTEND]] });
        assert.equal(answer.status, 405, path);
        assert.match(answer.headers.get("allow"), /GET|POST/, path);
      }
    });

    it("has an empty 404 on every other", async () => {
      const foreign = ROUTES.filter((route) => route.name !== name).map(({ path }) => path);
      for (const path of ["/", "/nope", ...foreign]) {
        for (const method of ["GET", "POST"]) {
          const answer = await exchange(program, method, path, { headers: [["Origin", FRONTEND]] });
          assert.equal(answer.status, 404, `${method} ${path}`);
          assert.equal(answer.body, "", `${method} ${path}`);
        }
      }
    });
  });
}
