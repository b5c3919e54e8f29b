// usage: stand-in.mjs APP [PROGRAMS]: writes into the folder APP what `vercel build` would, as far as our tests look at
// it: routes made of vercel.json, and a function for each file of api/ whose program is the one of that name in the
// folder PROGRAMS (target/debug). Without a vercel.json in it, APP is given this project's, and its api/.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const [, , app, programs = join(root, "target/debug")] = process.argv;
const output = join(app, ".vercel/output");
const write = (path, value) => writeFileSync(path, JSON.stringify(value));

mkdirSync(output, { recursive: true });
if (!existsSync(join(app, "vercel.json"))) {
  cpSync(join(root, "vercel.json"), join(app, "vercel.json"));
  cpSync(join(root, "api"), join(app, "api"), { recursive: true });
}
symlinkSync(resolve(programs), join(app, ".vercel/programs"));

const { rewrites } = JSON.parse(readFileSync(join(app, "vercel.json"), "utf8"));
const routes = rewrites.map(({ source, destination }) => {
  const [path, query] = destination.split("?");
  // As the builder does it: what stands in the query is encoded, all but the `$1`.
  const encoded = new URLSearchParams(query).toString().replaceAll("%241", "$1");
  return { src: `^${source}$`, dest: `${path}?${encoded}` };
});
write(join(output, "config.json"), { version: 3, routes });

for (const file of readdirSync(join(app, "api")).filter((name) => name.endsWith(".rs"))) {
  const name = basename(file, ".rs");
  const folder = join(output, "functions/api", `${name}.func`);
  mkdirSync(folder, { recursive: true });
  write(join(folder, ".vc-config.json"), { runtime: "executable", filePathMap: { executable: `.vercel/programs/${name}` } });
}
