// Whether the stories tell of everything that docs/paths.md says is served: each endpoint doing what it is for, and
// refusing it.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const path = resolve(import.meta.dirname, "../../docs/paths.md");

/** Those that refuse nobody, and those that have nothing to give yet, or only under an option that there is not. */
const NEVER_REFUSE = new Set(["GET get-session", "GET ok", "GET error"]);
const ALWAYS_REFUSE = new Set(
  ["sign-in/social", "link-social", "unlink-account", "get-access-token", "refresh-token", "update-session", "get-session"].map((each) => `POST ${each}`),
).add("GET account-info");

/** What the page says is served: ["GET reset-password/TOKEN", …]. */
export function served(page = readFileSync(path, "utf8")) {
  const rows = [...page.matchAll(/^\| `([^`]+)` \| ([A-Z, ]+) \| `\w+` \|/gm)];
  return rows.flatMap(([, name, methods]) => methods.trim().split(", ").map((method) => `${method} ${name.replace("{token}", "TOKEN")}`));
}

/** What no story tells of an endpoint; `answers` are [title, status here] of all steps. */
export function untold(answers, endpoints = served()) {
  const seen = new Set(answers.map(([title, status]) => `${title.replace("/api/auth/", "")} ${status < 400 ? "success" : "refusal"}`));
  return endpoints.flatMap((endpoint) => {
    const due = [NEVER_REFUSE.has(endpoint) ? [] : ["refusal"], ALWAYS_REFUSE.has(endpoint) ? [] : ["success"]].flat();
    return due.filter((each) => !seen.has(`${endpoint} ${each}`)).map((each) => `${endpoint}: no ${each}`);
  });
}
