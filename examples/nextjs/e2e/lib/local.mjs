// The app on one machine, as `npm run preview` starts it: Doorkey's server, the chat and Next.js, which passes on what is
// Doorkey's. NEXTJS_MODE says whether it is built already (`start`) or to be built first (`preview`).
import { spawnSync } from "node:child_process";
import { freePort, startNode } from "./process.mjs";

/** Doorkey is where the build was told, DOORKEY_PORT. */
export async function runLocally(name, settings) {
  const port = String(await freePort());
  const origin = `http://localhost:${port}`;
  const { pid, stop } = await startNode(name, ["scripts/all.mjs", process.env.NEXTJS_MODE ?? "start"], {
    cwd: process.env.NEXTJS_APP,
    env: { PORT: port, CHAT_PORT: String(await freePort()), ...settings },
    url: `${origin}/api/auth/ok`,
  });

  /** Stop Doorkey where it is: it takes connections and says nothing. Returns the function that lets it go on. */
  function freeze() {
    const list = spawnSync("ps", ["-o", "pid=,comm=", "--ppid", String(pid)], { encoding: "utf8" }).stdout;
    const doorkey = Number(list.match(/(\d+) doorkey/)?.[1]);
    process.kill(doorkey, "SIGSTOP");
    return () => process.kill(doorkey, "SIGCONT");
  }

  return { origin, freeze, stop };
}
