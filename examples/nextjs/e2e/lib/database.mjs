// A database of its own: a file, or one on the Postgres that scripts/nextjs started.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";

/** {url, drop}; a file is in the folder, and goes with it. */
export function databaseFor(name, folder) {
  const server = process.env.DOORKEY_TEST_POSTGRES;
  if (!server) return { url: `sqlite:${join(folder, "doorkey.db")}`, drop() {} };
  const url = new URL(server);
  url.pathname = `/nextjs_${name}_${randomBytes(4).toString("hex")}`;
  const sql = (statement) => {
    const { status, stderr } = spawnSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server, "-c", statement]);
    if (status !== 0) throw new Error(`psql: ${stderr}`);
  };
  sql(`create database ${url.pathname.slice(1)}`);
  return { url: url.href, drop: () => sql(`drop database ${url.pathname.slice(1)} with (force)`) };
}
