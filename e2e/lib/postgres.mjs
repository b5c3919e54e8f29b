// A fresh database a run, on the Postgres that `scripts/test` started.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { secret } from "./secrets.mjs";

const run = promisify(execFile);
const plain = process.env.DOORKEY_TEST_POSTGRES;
const tls = process.env.DOORKEY_TEST_POSTGRES_TLS ?? plain;

/** Why Postgres set-ups are skipped, or false; a run that requires Postgres fails instead. */
export const withoutPostgres =
  plain || process.env.DOORKEY_REQUIRE_POSTGRES === "1" ? false : "DOORKEY_TEST_POSTGRES is not set";

const sql = (statement) => run("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", plain, "-c", statement]);

/** Make a database; returns its URL, over TLS with a verified certificate on request, and `drop`. */
export async function createDatabase({ verified = false } = {}) {
  if (!plain) throw new Error("DOORKEY_TEST_POSTGRES is not set: it names a server to make databases on");
  const name = `e2e_${randomBytes(8).toString("hex")}`;
  await sql(`create database ${name}`);
  const url = new URL(verified ? tls : plain);
  url.pathname = `/${name}`;
  secret(url.password);
  return { url: url.href, drop: () => sql(`drop database ${name} with (force)`) };
}
