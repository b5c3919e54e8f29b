// Time travel: what a user has becomes older in the database, so that no story has to wait for an expiry.
import { createHmac } from "node:crypto";

/** The rows of a user that have an age, and how to find them by address. */
const ROWS = {
  reference: [
    { table: "session", dates: ["createdAt", "updatedAt", "expiresAt"], owner: "userId" },
    { table: "verification", dates: ["createdAt", "updatedAt", "expiresAt"], owner: "value" },
  ],
  doorkey: [
    { table: "sessions", dates: ["created_at", "updated_at", "expires_at"], owner: "user_id" },
    { table: "one_time_tokens", dates: ["created_at", "expires_at"], owner: "user_id" },
  ],
};
const USERS = { reference: "user", doorkey: "users" };

/** Make all sessions and one-time tokens of the user with that address `seconds` older. */
export async function ageRows(side, url, email, seconds) {
  const sqlite = url.match(/^sqlite:(.*)$/)?.[1];
  if (sqlite === undefined) await agePostgres(side, url, email, seconds);
  else await ageSqlite(side, sqlite, email, seconds);
}

async function agePostgres(side, url, email, seconds) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const { table, dates, owner } of ROWS[side]) {
      const set = dates.map((date) => `"${date}" = "${date}" - make_interval(secs => $2)`).join(", ");
      const users = `SELECT id::text FROM "${USERS[side]}" WHERE lower(email) = lower($1)`;
      await client.query(`UPDATE "${table}" SET ${set} WHERE "${owner}"::text IN (${users})`, [email, seconds]);
    }
  } finally {
    await client.end();
  }
}

async function ageSqlite(side, path, email, seconds) {
  const { default: Database } = await import("libsql");
  const database = new Database(path);
  try {
    database.pragma("busy_timeout = 5000");
    for (const { table, dates, owner } of ROWS[side]) {
      const users = `SELECT id FROM "${USERS[side]}" WHERE lower(email) = lower(?)`;
      const rows = database.prepare(`SELECT rowid AS row, * FROM "${table}" WHERE "${owner}" IN (${users})`).all(email);
      for (const row of rows) {
        const set = dates.map((date) => `"${date}" = ?`).join(", ");
        const values = dates.map((date) => older(row[date], seconds));
        database.prepare(`UPDATE "${table}" SET ${set} WHERE rowid = ?`).run(...values, row.row);
      }
    }
  } finally {
    database.close();
  }
}

/** A date as a server wrote it, and written again in the same form. */
function older(text, seconds) {
  if (text === null || text === undefined) return null;
  const iso = text.includes("T") ? text : `${text.replace(" ", "T").replace(/\+00:00$/, "")}Z`;
  const date = new Date(Date.parse(iso) - seconds * 1000).toISOString();
  if (text.includes("T")) return text.endsWith("Z") ? date : date.replace("Z", "+00:00");
  return date.replace("T", " ").replace("Z", text.endsWith("+00:00") ? "+00:00" : "");
}

/** The reference's verification links are JWTs, in no database: the same one, made `seconds` earlier. */
export function resign(token, seconds, secret) {
  const [header, payload, signature] = token.split(".");
  if (!signature) return token;
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  claims.iat -= seconds;
  claims.exp -= seconds;
  const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** A cookie cache as it would be had it been made `seconds` earlier: both sides sign it in the same way. */
export function olderCache(value, seconds, secret) {
  const data = JSON.parse(Buffer.from(decodeURIComponent(value), "base64url").toString());
  data.expiresAt -= seconds * 1000;
  data.session.updatedAt -= seconds * 1000;
  const signed = JSON.stringify({ ...data.session, expiresAt: data.expiresAt });
  data.signature = createHmac("sha256", secret).update(signed).digest("base64url");
  return Buffer.from(JSON.stringify(data)).toString("base64url");
}
