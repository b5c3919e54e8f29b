// What `vercel build` left of a project: its functions, its static files, and the routes to them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const read = (...path) => readFileSync(join(...path), "utf8");

/** Whether a route leads every request somewhere: those of Next.js also depend on headers, or only add to an answer. */
const leads = (route) => route.dest && !route.has && !route.missing && !route.continue && !route.status;

/** The output of the project in the folder `app`. */
export function readOutput(app) {
  const folder = join(app, ".vercel/output");
  const { routes } = JSON.parse(read(folder, "config.json"));

  /** The route of a path without its query, if a rewrite made one. */
  const routeOf = (path) => routes.find((route) => leads(route) && new RegExp(route.src).test(path));

  /** Where a path leads: the function's own path, with what the rewrite adds, `$1` being what its `(.*)` caught. */
  function routed(path) {
    const [plain, query] = path.split("?");
    const route = routeOf(plain);
    const caught = route ? new RegExp(route.src).exec(plain) : [];
    const dest = route ? route.dest.replace(/\$(\d)/g, (_, number) => caught[number] ?? "") : plain;
    return query === undefined ? dest : `${dest}${dest.includes("?") ? "&" : "?"}${query}`;
  }

  /** Every function that is an executable, by its name: its configuration, and the program. */
  const functions = Object.fromEntries(
    readdirSync(join(folder, "functions"), { recursive: true })
      .filter((path) => path.endsWith(".func"))
      .map((path) => [path, JSON.parse(read(folder, "functions", path, ".vc-config.json"))])
      .filter(([, { runtime }]) => runtime === "executable")
      .map(([path, config]) => {
        const name = path.replace(/^api\//, "").replace(/\.func$/, "");
        return [name, { config, executable: join(app, config.filePathMap.executable) }];
      }),
  );

  /** The name of the function to which a path leads that is `routed`; undefined when it leads elsewhere. */
  function functionAt(target) {
    const [, name] = /^\/api\/([^/?]+)(?:\?|$)/.exec(target) ?? [];
    return name !== undefined && name in functions ? name : undefined;
  }

  const settings = JSON.parse(read(app, "vercel.json"));
  return { app, statics: join(folder, "static"), settings, functions, routeOf, routed, functionAt };
}
