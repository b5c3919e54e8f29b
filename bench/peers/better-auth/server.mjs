// Better Auth as its documentation sets it up: e-mail and password, Postgres by `pg`, no plugins, no rate limit.
// `node server.mjs migrate` makes the tables and ends; without it the server listens on 127.0.0.1:$PORT.
// Reads DATABASE_URL, SECRET_KEY, PORT.
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { toNodeHandler } from "better-auth/node";
import pg from "pg";

const { DATABASE_URL, SECRET_KEY, PORT } = process.env;

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: SECRET_KEY,
  trustedOrigins: ["http://localhost:3000"],
  database: new pg.Pool({ connectionString: DATABASE_URL, max: 10 }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: "error" },
});

if (process.argv[2] === "migrate") {
  const { getMigrations } = await import("better-auth/db/migration");
  const { runMigrations } = await getMigrations(auth.options);
  await runMigrations();
  process.exit(0);
}

const answerAuth = toNodeHandler(auth);
createServer((request, response) => {
  if (request.url === "/health") {
    response.setHeader("content-type", "application/json");
    response.end('{"status":"ok"}');
    return;
  }
  answerAuth(request, response);
}).listen(Number(PORT), "127.0.0.1");
