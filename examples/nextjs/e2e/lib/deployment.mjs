// The app as Vercel would serve it: each of Doorkey's functions in a process of its own, Next.js, and before both the
// stand-in of the platform's edge, at https and at the deployment's hosts. Only the chat is elsewhere.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEdge } from "../../../../scripts/vercel-cli/edge.mjs";
import { Instance } from "../../../../scripts/vercel-cli/instance.mjs";
import { readOutput } from "../../../../scripts/vercel-cli/output.mjs";
import { BRANCH, DEPLOYMENT, EDGE_PORT, PRODUCTION } from "./hosts.mjs";
import { freePort, startNode } from "./process.mjs";

const { NEXTJS_APP: app, NEXTJS_CERTIFICATE: certificate, NEXTJS_LOGS: logs, DOORKEY_BIN: doorkey } = process.env;

/**
 * Deploy to production, where the project's own host is open to all, or as a preview, whose hosts are closed, as on a new
 * project. `system` is what the platform tells functions and Next.js besides.
 */
export async function deploy(name, settings, { folder, preview = false, system = {}, tells = "rewritten" }) {
  const output = readOutput(app);
  const chat = `http://127.0.0.1:${await freePort()}`;
  const host = preview ? BRANCH : PRODUCTION;
  // Where Doorkey says that it is: PUBLIC_URL, which the chat takes for the issuer.
  const issuer = `https://${preview ? DEPLOYMENT : PRODUCTION}`;
  const platform = {
    VERCEL: "1", VERCEL_ENV: preview ? "preview" : "production", VERCEL_URL: DEPLOYMENT, VERCEL_BRANCH_URL: BRANCH,
    VERCEL_PROJECT_PRODUCTION_URL: PRODUCTION, ...system,
  };
  const variables = {
    ...platform, SERVICE_NAME: "Parrot", REQUIRE_EMAIL_VERIFICATION: "on", JWT_AUDIENCE: chat, LOG: "warn", CHAT_URL: chat, ...settings,
  };
  migrate(variables);
  const running = [];
  const instances = {};
  const all = () => Object.values(instances);
  try {
    for (const [each, { executable }] of Object.entries(output.functions)) {
      instances[each] = await Instance.start(each, executable, folder, variables);
    }
    const next = await freePort();
    const cli = join(app, "node_modules/next/dist/bin/next");
    running.push(
      await startNode(`${name}-next`, [cli, "start", "--hostname", "127.0.0.1", "--port", String(next)], {
        cwd: app, env: variables, url: `http://127.0.0.1:${next}/robots.txt`,
      }),
    );
    running.push(
      await startNode(`${name}-chat`, ["echo/server.mjs"], {
        cwd: app,
        env: { PORT: new URL(chat).port, JWKS_URL: `${issuer}/api/auth/jwks`, JWT_ISSUER: issuer, JWT_AUDIENCE: chat },
        url: `${chat}/health`,
      }),
    );
    const read = (file) => readFileSync(join(certificate, file));
    const hosts = { open: preview ? [] : [PRODUCTION], closed: [DEPLOYMENT, BRANCH] };
    const bypass = system.VERCEL_AUTOMATION_BYPASS_SECRET;
    const tls = { cert: read("server.crt"), key: read("server.key") };
    running.push(await startEdge({ port: EDGE_PORT, tls, output, instances, next, hosts, bypass, tells }));
  } catch (error) {
    await stop();
    throw error;
  }
  process.once("exit", () => all().forEach(({ pid }) => kill(pid, "SIGTERM")));

  /** Freeze the functions: they take connections and say nothing. Returns the function that lets them go on. */
  function freeze() {
    for (const { pid } of all()) kill(pid, "SIGSTOP");
    return () => all().forEach(({ pid }) => kill(pid, "SIGCONT"));
  }

  async function stop() {
    for (const each of running.reverse()) await each.stop();
    await Promise.all(all().map((instance) => instance.stop()));
    writeFileSync(join(logs, `${name}-functions.log`), all().map(({ said }) => said).join(""));
  }

  return { origin: `https://${host}`, host, freeze, stop };
}

/** As whoever deploys does it, from where the database can be reached. */
function migrate({ DATABASE_URL }) {
  const { status, stderr } = spawnSync(doorkey, ["migrate"], { env: { DATABASE_URL }, encoding: "utf8" });
  if (status !== 0) throw new Error(`doorkey migrate: ${stderr}`);
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
