// Bodies that are not what an endpoint takes: for each of them the same cases, made from a body that it does take.
import { scenario } from "../lib/story.mjs";

/** Endpoints, and the members of a right body. */
const ENDPOINTS = {
  "/sign-up/email": { name: "Ann", email: "x@example.com", password: "violet tractor" },
  "/sign-in/email": { email: "x@example.com", password: "violet tractor", rememberMe: true },
  "/revoke-session": { token: "x" },
  "/change-password": { currentPassword: "violet tractor", newPassword: "violet lagoon", revokeOtherSessions: true },
  "/verify-password": { password: "violet tractor" },
  "/change-email": { newEmail: "y@example.com", callbackURL: "/x" },
  "/delete-user": { password: "violet tractor", callbackURL: "/x", token: "x" },
  "/request-password-reset": { email: "x@example.com", redirectTo: "/x" },
  "/reset-password": { newPassword: "violet lagoon", token: "x" },
  "/send-verification-email": { email: "x@example.com", callbackURL: "/x" },
  "/unlink-account": { accountId: "x" },
  "/sign-in/social": { provider: "nowhere", callbackURL: "/x" },
  "/link-social": { provider: "nowhere", callbackURL: "/x" },
};

/** Those that take any object. */
const RECORDS = ["/update-user", "/update-session"];

/** Whole bodies that are wrong. */
const WHOLE = { "an empty body": "", "broken JSON": "{bad", "a list": "[]", "a string": '"x"', "a number": "5", "null": "null" };

const JSON_TYPE = { "content-type": "application/json" };

/** Each member in turn: not there, null, a number where it is text, text where it is a truth, an object. */
function spoilt(body) {
  return Object.entries(body).flatMap(([member, value]) => {
    const { [member]: _, ...without } = body;
    const odd = typeof value === "boolean" ? ["text"] : [5];
    return [
      [`without ${member}`, without],
      ...[null, ...odd, {}].map((each) => [`${member} as ${JSON.stringify(each)}`, { ...body, [member]: each }]),
    ];
  });
}

async function wholeBodies(story, path, jar) {
  await story.step(`${path}: no body`, { post: path, jar });
  for (const [what, body] of Object.entries(WHOLE)) await story.step(`${path}: ${what}`, { post: path, jar, body, headers: JSON_TYPE });
  await story.step(`${path}: text/plain`, { post: path, jar, body: "{}", headers: { "content-type": "text/plain" } });
  await story.step(`${path}: an empty object`, { post: path, jar, body: {} });
}

export default scenario("bodies", {}, async (story) => {
  const jar = await story.signUp("ann");
  for (const path of [...Object.keys(ENDPOINTS).slice(2), ...RECORDS]) await wholeBodies(story, path, jar);
});

export const members = scenario("members", {}, async (story) => {
  const jar = await story.signUp("ann");
  for (const [path, body] of Object.entries(ENDPOINTS)) {
    for (const [what, each] of spoilt(body)) await story.step(`${path}: ${what}`, { post: path, jar: jar.clone(), body: each });
  }
});

export const signedOut = scenario("bodies-signed-out", {}, async (story) => {
  for (const path of [...Object.keys(ENDPOINTS), ...RECORDS]) {
    await story.step(`${path}: nothing, signed out`, { post: path, body: {} });
  }
});
