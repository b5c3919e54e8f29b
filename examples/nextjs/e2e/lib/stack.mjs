// All of it, as the tests find it: {origin, mailTo, freeze, stop}. scripts/nextjs says of which kind it is, and where:
// NEXTJS_APP (a copy of the app), NEXTJS_LOGS, DOORKEY_BIN.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseFor } from "./database.mjs";
import { deploy } from "./deployment.mjs";
import { runLocally } from "./local.mjs";
import { mailbox } from "./mails.mjs";

const start = process.env.NEXTJS_KIND === "functions" ? deploy : runLocally;

/** Start everything with these settings of Doorkey on top; `options` are for deployments. */
export async function startStack(name, settings = {}, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), "stack."));
  const mails = join(folder, "mails.jsonl");
  const database = databaseFor(name, folder);
  const clean = () => {
    database.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  const own = { DATABASE_URL: database.url, SECRET_KEY: randomBytes(32).toString("base64"), MAIL_URL: `file:${mails}` };
  try {
    const running = await start(name, { ...own, ...settings }, { folder, ...options });
    const stop = async () => {
      await running.stop();
      clean();
    };
    return { ...running, mailTo: mailbox(mails), stop };
  } catch (error) {
    clean();
    throw error;
  }
}
