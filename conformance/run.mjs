// usage: node run.mjs sqlite|postgres [--self] [--only EXPRESSION] [--json FILE]
//        node run.mjs --write-docs
// Tells all stories of `scenarios/` to both sides on that kind of database, prints what came of it, and ends with 1
// unless all is well. `--self` compares the reference with itself; `--only` tells the stories whose names match, and
// then nothing is said about allowances that were not seen; `--json` keeps all differences.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DIFFERENCES } from "./differences.mjs";
import { checkAllowances, judge } from "./lib/compare.mjs";
import { untold } from "./lib/coverage.mjs";
import { docsAreRight, writeDocs } from "./lib/docs.mjs";
import { report } from "./lib/report.mjs";
import { compareAll } from "./lib/run.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    self: { type: "boolean" },
    only: { type: "string" },
    json: { type: "string" },
    "write-docs": { type: "boolean" },
  },
});

checkAllowances(DIFFERENCES);
if (options["write-docs"]) {
  writeDocs(DIFFERENCES);
  process.exit();
}

const [kind = "sqlite"] = positionals;
const sides = ["reference", options.self ? "reference" : "doorkey"];
const stories = (await loadStories()).filter(({ name }) => !options.only || new RegExp(`^(?:${options.only})$`).test(name));
const results = await compareAll(stories, sides, kind);
const allowances = options.self ? [] : DIFFERENCES.filter((each) => !each.on || each.on === kind);
const verdict = judge(results.flatMap((each) => each.differences), allowances);
if (options.only) verdict.unseen = [];
if (options.json) writeFileSync(options.json, JSON.stringify({ results, ...verdict }, null, 1));
let isWell = report(`${sides.join(" and ")} on ${kind}`, results, verdict);
for (const each of options.only ? [] : untold(results.flatMap(({ answers }) => answers))) {
  console.log(`docs/paths.md says it is served, and no story tells of it: ${each}`);
  isWell = false;
}
if (!docsAreRight(DIFFERENCES)) {
  console.log("docs/conformance.md is not what differences.mjs says: node conformance/run.mjs --write-docs");
  isWell = false;
}
process.exit(isWell ? 0 : 1);

/** All stories, in the order of their files. */
async function loadStories() {
  const folder = join(import.meta.dirname, "scenarios");
  const modules = await Promise.all(readdirSync(folder).sort().map((file) => import(join(folder, file))));
  const found = modules.flatMap((module) => Object.values(module)).filter((each) => each.tell);
  const names = new Set(found.map(({ name }) => name));
  if (names.size !== found.length) throw new Error("two stories have one name");
  return found;
}
