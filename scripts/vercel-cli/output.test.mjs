// What `vercel build` made: no function too many, nothing public but public/, every rewrite in the routes.
import assert from "node:assert/strict";
import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { readOutput } from "./output.mjs";

const { app, statics, settings, functions, routeOf, routed, functionAt } = readOutput(process.env.DOORKEY_VERCEL_APP);

/** Vercel's smallest plan takes twelve, a file of api/ each. */
const MOST_FUNCTIONS = 12;

/** No limit of the platform: what the project allows itself, since a cold start loads it. */
const MOST_BYTES = 10e6;

/** Every file below a folder, as paths from it, sorted. */
const files = (folder) =>
  readdirSync(folder, { recursive: true }).filter((path) => statSync(join(folder, path)).isFile()).sort();

it("there is one function for each file of api/, and at most twelve", () => {
  const wanted = files(join(app, "api")).map((path) => path.replace(/\.rs$/, ""));
  assert.deepEqual(Object.keys(functions).sort(), wanted);
  assert.ok(wanted.length > 0 && wanted.length <= MOST_FUNCTIONS, `${wanted.length} functions`);
});

it("each is an executable of its own, with the limits of vercel.json", (t) => {
  const { maxDuration, memory } = settings.functions["api/*.rs"];
  for (const [name, { config, executable }] of Object.entries(functions)) {
    assert.deepEqual([config.runtime, config.maxDuration, config.memory], ["executable", maxDuration, memory], name);
    assert.equal(config.filePathMap.executable, `target/release/${name}`);
    accessSync(executable, constants.X_OK);
    const { size } = statSync(executable);
    t.diagnostic(`${name}: ${(size / 1e6).toFixed(2)} MB`);
    assert.ok(size <= MOST_BYTES, `${name} has ${size} bytes`);
  }
});

/** What Next.js makes of pages, in `static/` beside the files of `public/`. */
const OF_NEXTJS = /^(?:_next\/|(?:404|500)\.|favicon\.ico$)/;

it("static/ holds exactly the files of public/, no source", () => {
  const published = files(statics).filter((path) => !OF_NEXTJS.test(path));
  assert.ok(published.length > 0);
  assert.deepEqual(published, files(join(app, settings.outputDirectory ?? "public")));
});

it("every rewrite is a route, to a function that was built", () => {
  // The builder percent-encodes what stands in the query.
  const parts = (url) => [url.split("?")[0], [...new URLSearchParams(url.split("?")[1])]];
  assert.ok(settings.rewrites.length > 0);
  for (const { source, destination } of settings.rewrites) {
    const caught = "a-B_9";
    const path = source.replace("(.*)", caught);
    assert.ok(routeOf(path), `${source} is in no route`);
    const target = routed(path);
    assert.deepEqual(parts(target), parts(destination.replace("$1", caught)), source);
    assert.ok(functionAt(target), target);
    if (path === source) assert.notEqual(routeOf(`${path}/more`), routeOf(path), `${source} catches more than itself`);
  }
});
