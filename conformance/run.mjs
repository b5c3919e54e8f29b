// usage: node run.mjs sqlite|postgres [--self] [--only STORY] [--verbose]
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DIFFERENCES } from "./differences.mjs";
import { judge } from "./lib/compare.mjs";
import { report } from "./lib/report.mjs";
import { compareAll } from "./lib/run.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { self: { type: "boolean" }, only: { type: "string" }, json: { type: "string" } },
});
const kind = positionals[0] ?? "sqlite";

const folder = join(import.meta.dirname, "scenarios");
const modules = await Promise.all(readdirSync(folder).sort().map((file) => import(join(folder, file))));
const stories = modules.flatMap((module) => Object.values(module)).filter((story) => story.tell);
const wanted = options.only ? stories.filter((story) => new RegExp(`^(?:${options.only})$`).test(story.name)) : stories;

const results = await compareAll(wanted, ["reference", options.self ? "reference" : "doorkey"], kind);
const found = results.flatMap((result) => result.differences);
const applying = options.self ? [] : DIFFERENCES.filter((each) => !each.on || each.on === kind);
const verdict = judge(found, applying);
if (options.json) (await import("node:fs")).writeFileSync(options.json, JSON.stringify({ results, ...verdict }, null, 1));
report(results, verdict);
