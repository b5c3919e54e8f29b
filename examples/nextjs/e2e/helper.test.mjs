// Where `withDoorkey`, which `doorkey init` writes, passes requests on to. Its text in JavaScript is tried; the one in
// TypeScript is in this app.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const text = readFileSync(new URL("../../../src/init/files/doorkey.next.mjs", import.meta.url), "utf8").replace("/* PATHS */", '"/p"');
const { withDoorkey } = await import(`data:text/javascript,${encodeURIComponent(text)}`);

/** What the rewrites of these settings are in this environment. */
async function destinations(environment, config = {}) {
  const before = { ...process.env };
  Object.assign(process.env, { NODE_ENV: "production", ...environment });
  try {
    const { rewrites } = withDoorkey(config);
    return (await rewrites?.())?.map(({ destination }) => destination);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

const set = { DOORKEY_URL: "http://doorkey.internal:1/" };
const pulled = { VERCEL: "1", VERCEL_ENV: "development", VERCEL_URL: "" };

test("in development to a local Doorkey, or to the one that is named; after `vercel env pull` as well", async () => {
  const dev = { NODE_ENV: "development" };
  assert.deepEqual(await destinations(dev), ["http://127.0.0.1:7860/p"]);
  assert.deepEqual(await destinations({ ...dev, ...pulled }), ["http://127.0.0.1:7860/p"]);
  assert.deepEqual(await destinations({ ...dev, ...set }), ["http://doorkey.internal:1/p"]);
});

test("a build passes on to the one that is named, and on Vercel nothing", async () => {
  assert.equal(await destinations({}), undefined);
  assert.deepEqual(await destinations(set), ["http://doorkey.internal:1/p"]);
  assert.deepEqual(await destinations({ ...set, ...pulled }), ["http://doorkey.internal:1/p"]);
  for (const VERCEL_ENV of ["production", "preview"]) assert.equal(await destinations({ ...set, VERCEL: "1", VERCEL_ENV }), undefined);
});

test("an address that is none is named when the app is built or started, where it would be used", async () => {
  for (const DOORKEY_URL of ["localhost:7860", "doorkey.internal", "//doorkey.internal", "ftp://doorkey.internal", " ", "http://doorkey internal", " http://doorkey.internal", "http://", "http://doorkey.internal/?a"]) {
    for (const NODE_ENV of ["production", "development"]) {
      await assert.rejects(destinations({ DOORKEY_URL, NODE_ENV }), /DOORKEY_URL must be an address such as http:\/\/127\.0\.0\.1:7860, not "/, DOORKEY_URL);
    }
    assert.equal(await destinations({ DOORKEY_URL, VERCEL: "1", VERCEL_ENV: "production" }), undefined);
  }
  assert.equal(await destinations({ DOORKEY_URL: "" }), undefined);
  assert.deepEqual(await destinations({ DOORKEY_URL: "https://[::1]:7860//" }), ["https://[::1]:7860/p"]);
});

test("the app's own rewrites stay, behind these", async () => {
  const config = { rewrites: async () => [{ source: "/own", destination: "/elsewhere" }] };
  assert.deepEqual(await destinations(set, config), ["http://doorkey.internal:1/p", "/elsewhere"]);
});
