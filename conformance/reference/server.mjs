// The reference: Better Auth 1.7.25 itself, set up as far as it can be like Doorkey's defaults, everything else by
// environment variables:
//   PORT, SECRET_KEY, FRONTEND_URL, DATABASE_URL (sqlite:PATH or postgres://…)
//   PUBLIC_URL      where users reach it; default http://localhost:PORT
//   MAIL_FILE       mails, one JSON line each; without it nothing can be mailed
//   PLUGINS         bearer,jwt
//   REQUIRE_VERIFICATION, MAIL_DELETION, RATE_LIMIT   1 is on
//   COOKIE_CACHE    seconds; without it there is none
//   USER_FIELDS     additionalFields, as JSON
//   COOKIE_DOMAIN   a parent domain whose hosts share the cookies
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { bearer, jwt } from "better-auth/plugins";

const env = process.env;
const on = (name) => env[name] === "1";
const plugins = { bearer, jwt };

/** A function that takes a mail of that kind, as Better Auth calls it; undefined where no mail is set. */
function mailing(kind, wanted = true) {
  if (!env.MAIL_FILE || !wanted) return undefined;
  return async ({ user, url }) => appendFileSync(env.MAIL_FILE, `${JSON.stringify({ kind, to: user.email, url })}\n`);
}

async function openDatabase() {
  const path = env.DATABASE_URL.match(/^sqlite:(.*)$/)?.[1];
  if (path === undefined) {
    const { default: pg } = await import("pg");
    return new pg.Pool({ connectionString: env.DATABASE_URL, max: 5 });
  }
  // libsql, since its binary is in a package of the registry; better-sqlite3 fetches one from elsewhere.
  const { default: Database } = await import("libsql");
  const { SqliteDialect } = await import("kysely");
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("busy_timeout = 5000");
  return { dialect: new SqliteDialect({ database }), type: "sqlite", transaction: true };
}

const auth = betterAuth({
  appName: "Reference",
  baseURL: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
  secret: env.SECRET_KEY,
  trustedOrigins: env.FRONTEND_URL.split(","),
  database: await openDatabase(),
  logger: { disabled: true },
  telemetry: { enabled: false },
  emailAndPassword: {
    enabled: true,
    requireEmailVerification: on("REQUIRE_VERIFICATION"),
    sendResetPassword: mailing("reset-password"),
    onExistingUserSignUp: mailing("sign-up-attempt"),
  },
  emailVerification: {
    sendOnSignUp: true,
    sendVerificationEmail: mailing("verify-email"),
  },
  user: {
    additionalFields: JSON.parse(env.USER_FIELDS ?? "{}"),
    changeEmail: { enabled: true },
    deleteUser: { enabled: true, sendDeleteAccountVerification: mailing("delete-user", on("MAIL_DELETION")) },
  },
  session: { cookieCache: { enabled: Boolean(env.COOKIE_CACHE), maxAge: Number(env.COOKIE_CACHE ?? 300) } },
  advanced: { crossSubDomainCookies: { enabled: Boolean(env.COOKIE_DOMAIN), domain: env.COOKIE_DOMAIN } },
  rateLimit: { enabled: on("RATE_LIMIT") },
  plugins: (env.PLUGINS ?? "").split(",").filter(Boolean).map((name) => plugins[name]()),
});

const { runMigrations } = await getMigrations(auth.options);
await runMigrations();
const answerAuth = toNodeHandler(auth);
createServer((request, response) => {
  if (request.url.startsWith("/api/auth")) return answerAuth(request, response);
  return response.writeHead(404).end();
}).listen(Number(env.PORT), "127.0.0.1");
