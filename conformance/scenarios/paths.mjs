// Paths and methods, known and unknown.
import { scenario } from "../lib/story.mjs";

/** Every endpoint, by its method. */
const PATHS = {
  POST: [
    "/sign-up/email", "/sign-in/email", "/sign-out", "/revoke-session", "/revoke-sessions", "/revoke-other-sessions",
    "/update-user", "/update-session", "/change-password", "/verify-password", "/change-email", "/delete-user",
    "/request-password-reset", "/send-verification-email", "/unlink-account", "/refresh-token", "/get-access-token",
    "/sign-in/social", "/link-social",
  ],
  GET: ["/list-sessions", "/list-accounts", "/account-info", "/verify-email", "/delete-user/callback", "/ok", "/error"],
};

export default scenario("paths", {}, async (story) => {
  await story.step("ok", { get: "/ok" });
  await story.step("ok with a query", { get: "/ok?x=1" });
  for (const path of ["/nope", "", "/", "/ok/", "//ok", "/OK", "/sign-in", "/sign-in/email/", "/Sign-In/email", "/reset-password", "/token/x", "/set-password"]) {
    await story.step(`GET ${JSON.stringify(path)}`, { get: path });
  }
  await story.step("POST to nowhere", { post: "/nope", body: {} });
  await story.step("POST to nowhere with a foreign callbackURL", { post: "/nope", body: { callbackURL: "https://evil.example/" } });
  await story.step("POST to nowhere from a foreign page with a cookie", { post: "/nope", body: {}, origin: "https://evil.example", headers: { cookie: "a=b" } });
});

export const methods = scenario("methods", {}, async (story) => {
  for (const [method, paths] of Object.entries(PATHS)) {
    const other = method === "POST" ? "GET" : "POST";
    for (const path of paths) {
      await story.step(`${other} ${path}`, { method: other, path, ...(other === "POST" ? { body: {} } : {}) });
    }
  }
  for (const method of ["PUT", "DELETE", "PATCH"]) {
    await story.step(`${method} /sign-in/email`, { method, path: "/sign-in/email", body: {} });
    await story.step(`${method} /get-session`, { method, path: "/get-session" });
  }
  const asks = { "access-control-request-method": "POST", "access-control-request-headers": "content-type" };
  await story.step("a preflight", { method: "OPTIONS", path: "/sign-in/email", headers: asks });
});

export const errorPage = scenario("error-page", {}, async (story) => {
  const queries = {
    "no query": "",
    "a code": "?error=INVALID_TOKEN",
    "a code in lower case": "?error=state_not_found",
    "an empty code": "?error=",
    "a code with a space": "?error=two%20words",
    "a code of markup": "?error=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "a description": "?error=state_not_found&error_description=not%20found",
    "a description alone": "?error_description=not%20found",
    "markup in the description": "?error=x&error_description=%3Cb%3E",
    "a long code": `?error=${"a".repeat(300)}`,
  };
  for (const [what, query] of Object.entries(queries)) await story.step(what, { get: `/error${query}` });
  await story.step("asked for JSON", { get: "/error?error=x", headers: { accept: "application/json" } });
});
