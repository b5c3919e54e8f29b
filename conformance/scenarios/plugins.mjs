// Tokens for clients without cookies, and for other back ends.
import { SESSION } from "../lib/jar.mjs";
import { PASSWORD, scenario } from "../lib/story.mjs";

export const bearer = scenario("bearer", { bearer: true }, async (story) => {
  const jar = await story.signUp("ann");
  const credentials = { email: story.email("ann"), password: PASSWORD };
  const answer = await story.step("sign in", { post: "/sign-in/email", body: credentials });
  const signed = decodeURIComponent(answer.header("set-auth-token") ?? "none");
  const raw = answer.json?.token;
  const get = (step, authorization, more = {}) => story.step(step, { get: "/get-session", headers: { authorization }, ...more });

  await get("the signed token", `Bearer ${signed}`);
  await get("the signed token, as it was sent", `Bearer ${answer.header("set-auth-token")}`);
  await get("the token of the body", `Bearer ${raw}`);
  await get("in lower case", `bearer ${signed}`);
  await get("in capitals", `BEARER ${signed}`);
  await get("with two spaces", `Bearer  ${signed}`);
  await get("a bad token", "Bearer nope.nope");
  await get("an unsigned bad token", "Bearer nope");
  await get("nothing", "Bearer ");
  await get("another scheme", `Basic ${Buffer.from("a:b").toString("base64")}`);
  await get("a bad token beside a cookie", "Bearer nope.nope", { jar });
  await get("another user's token beside a cookie", `Bearer ${signed}`, { jar: await story.signUp("bea") });
  const authorization = `Bearer ${signed}`;
  await story.step("the list", { get: "/list-sessions", headers: { authorization } });
  await story.step("a change without a page", { post: "/update-user", origin: null, headers: { authorization }, body: { name: "Anna" } });
  await story.step("a change from a foreign page", { post: "/update-user", origin: "https://evil.example", headers: { authorization }, body: { name: "Anna" } });
  await story.step("by cookie, too", { get: "/get-session", jar });
  await story.step("a wrong password", { post: "/sign-in/email", body: { ...credentials, password: "wrong-password" } });
  await story.step("not remembered", { post: "/sign-in/email", body: { ...credentials, rememberMe: false } });
  const same = { currentPassword: PASSWORD, newPassword: PASSWORD, revokeOtherSessions: true };
  await story.step("a new password, others to be ended", { post: "/change-password", headers: { authorization }, body: same });
  await get("after that", authorization);
  const next = await story.step("sign in again", { post: "/sign-in/email", body: credentials });
  const again = { authorization: `Bearer ${decodeURIComponent(next.header("set-auth-token") ?? "none")}` };
  await story.step("sign out", { post: "/sign-out", origin: null, headers: again });
  await story.step("signed out", { get: "/get-session", headers: again });
});

export const jwt = scenario("jwt", { jwt: true }, async (story) => {
  const jar = await story.signUp("ann");
  await story.step("keys", { get: "/jwks" });
  const { json } = await story.step("a token", { get: "/token", jar });
  await story.step("keys again", { get: "/jwks" });
  await story.step("a token, signed out", { get: "/token" });
  await story.step("a token by POST", { post: "/token", jar, body: {} });
  await story.step("get-session", { get: "/get-session", jar });
  await story.step("get-session, signed out", { get: "/get-session" });
  await story.step("sign in", { post: "/sign-in/email", body: { email: story.email("ann"), password: PASSWORD } });
  await story.step("the token is no session", { get: "/get-session", headers: { authorization: `Bearer ${json?.token}` } });
  await story.step("the token in the cookie is none", { get: "/get-session", headers: { cookie: `${SESSION}=${json?.token}` } });
  story.observe("the token is valid", await verifies(story, json?.token));
});

/** Whether the published keys verify a token, by the library that other back ends use. */
async function verifies(story, token) {
  const { createLocalJWKSet, jwtVerify } = await import("jose");
  const { json } = await story.step("keys to verify it", { get: "/jwks" });
  try {
    const { protectedHeader } = await jwtVerify(token, createLocalJWKSet(json), { issuer: story.target.origin, audience: story.target.origin });
    return { alg: protectedHeader.alg };
  } catch (error) {
    return { error: error.message };
  }
}

export const both = scenario("bearer-and-jwt", { bearer: true }, async (story) => {
  const jar = await story.signUp("ann");
  const headers = { authorization: `Bearer ${decodeURIComponent(jar.get(SESSION) ?? "")}` };
  await story.step("a token by bearer", { get: "/token", headers });
  await story.step("a session by bearer", { get: "/get-session", headers });
  await story.step("a session by cookie", { get: "/get-session", jar });
  await story.step("a session, a page that reads it", { get: "/get-session", jar, origin: story.frontend });
  await story.step("nobody", { get: "/get-session" });
  await story.age(story.email("ann"), 25 * 3600);
  await story.step("after a day, the accounts by bearer", { get: "/list-accounts", headers });
  await story.age(story.email("ann"), 25 * 3600);
  await story.step("after a day more, a token by cookie", { get: "/token", jar });
});

export const cached = scenario("bearer-cache", { bearer: true, cookieCache: 300 }, async (story) => {
  const jar = await story.signUp("ann");
  await story.step("keys", { get: "/token", jar });
  await story.step("from the cookie", { get: "/get-session", jar });
  await story.step("from the database", { get: "/get-session?disableCookieCache=true", jar });
});
