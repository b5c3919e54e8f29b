// usage: stand-in.mjs APP: writes into the folder APP what `vercel build` would, as far as the tests of the functions
// look at it: routes made of vercel.json, and a function for each file of api/ whose program is the one of target/debug.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const app = process.argv[2];
const output = join(app, ".vercel/output");
const write = (path, value) => writeFileSync(path, JSON.stringify(value));

mkdirSync(output, { recursive: true });
cpSync(join(root, "vercel.json"), join(app, "vercel.json"));
symlinkSync(join(root, "target"), join(app, "target"));

const { rewrites } = JSON.parse(readFileSync(join(root, "vercel.json"), "utf8"));
const routes = rewrites.map(({ source, destination }) => {
  const [path, query] = destination.split("?");
  // As the builder does it: what stands in the query is encoded, all but the `$1`.
  const encoded = new URLSearchParams(query).toString().replaceAll("%241", "$1");
  return { src: `^${source}$`, dest: `${path}?${encoded}` };
});
write(join(output, "config.json"), { version: 3, routes });

for (const name of readdirSync(join(root, "api")).map((file) => basename(file, ".rs"))) {
  const folder = join(output, "functions/api", `${name}.func`);
  mkdirSync(folder, { recursive: true });
  write(join(folder, ".vc-config.json"), { runtime: "executable", filePathMap: { executable: `target/debug/${name}` } });
}
