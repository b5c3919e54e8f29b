// The session kept in a signed cookie for some minutes.
import { getCookieCache } from "better-auth/cookies";
import { olderCache } from "../lib/age.mjs";
import { CACHE, SESSION } from "../lib/jar.mjs";
import { PASSWORD, scenario } from "../lib/story.mjs";

export default scenario("cookie-cache", { cookieCache: 300 }, async (story) => {
  const jar = await story.signUp("ann");
  const get = (step, request = {}) => story.step(step, { get: "/get-session", ...request });
  const cached = async (step, from) => {
    const request = new Headers({ cookie: from.header() });
    story.observe(step, await getCookieCache(request, { secret: story.target.secret, isSecure: false }));
  };

  await cached("what the cookie says to the front end", jar);
  await get("from the cookie", { jar });
  await get("disableCookieCache", { get: "/get-session?disableCookieCache=true", jar });
  await get("without the cache's cookie", { jar: jar.without(CACHE) });
  await get("the cache's cookie alone", { jar: jar.without(SESSION) });
  await get("a cache that is tampered with", { headers: { cookie: `${SESSION}=${jar.get(SESSION)}; ${CACHE}=${jar.get(CACHE)}x` } });
  await get("a cache that is nonsense", { headers: { cookie: `${SESSION}=${jar.get(SESSION)}; ${CACHE}=abc` } });
  const stranger = await story.signUp("bea");
  await get("another's cache", { headers: { cookie: `${SESSION}=${jar.get(SESSION)}; ${CACHE}=${stranger.get(CACHE)}` } });

  const second = await story.signIn("a second session", "ann");
  await story.step("a new name", { post: "/update-user", jar, body: { name: "New" } });
  await get("the new name", { jar });
  await cached("the new name in the cookie", jar);
  const token = (await story.step("the list", { get: "/list-sessions", jar })).json?.[1]?.token;
  await story.step("end the second", { post: "/revoke-session", jar, body: { token } });
  await get("ended, and still in its cookie", { jar: second.clone() });
  await get("ended, past the cache", { get: "/get-session?disableCookieCache=true", jar: second.clone() });
  await story.step("ended: its list", { get: "/list-sessions", jar: second.clone() });
  await story.step("ended: a new password", { post: "/change-password", jar: second.clone(), body: { currentPassword: PASSWORD, newPassword: PASSWORD } });
  await story.step("ended: its accounts", { get: "/list-accounts", jar: second.clone() });

  const forgetful = await story.signIn("not remembered", "ann", { body: { rememberMe: false } });
  await get("not remembered, from the cookie", { jar: forgetful });
  await get("not remembered, past the cache", { get: "/get-session?disableCookieCache=true", jar: forgetful });
  await story.step("a new password, others to be ended", { post: "/change-password", jar, body: { currentPassword: PASSWORD, newPassword: PASSWORD, revokeOtherSessions: true } });
  await get("the new session", { jar });
  await story.step("sign out", { post: "/sign-out", jar });
  await story.step("ended: a new name", { post: "/update-user", jar: second.clone(), body: { name: "Ghost" } });
});

export const address = scenario("cookie-cache-address", { cookieCache: 300 }, async (story) => {
  const jar = await story.signUp("ann");
  await story.step("verify", { get: story.link("verify-email", story.email("ann")).path, jar });
  await story.step("the session, from the cookie or not", { get: "/get-session", jar });
  await story.step("a new address", { post: "/change-email", jar, body: { newEmail: story.email("new") } });
  await story.step("open its link", { get: story.link("verify-email", story.email("new")).path, jar });
  await story.step("the new address", { get: "/get-session", jar });
  await story.step("delete", { post: "/delete-user", jar, body: { password: PASSWORD } });
});

export const late = scenario("cookie-cache-late", { cookieCache: 300 }, async (story) => {
  const jar = await story.signUp("ann");
  const second = await story.signIn("a second session", "ann");
  await story.step("end the others", { post: "/revoke-other-sessions", jar });
  const aged = (from, seconds) => {
    const cache = from.get(CACHE);
    return `${SESSION}=${from.get(SESSION)}; ${CACHE}=${cache ? olderCache(cache, seconds, story.target.secret) : ""}`;
  };
  const get = (step, cookie) => story.step(step, { get: "/get-session", headers: { cookie } });
  await get("the cache is nearly over", aged(second, 290));
  await get("the cache is over, the session is not", aged(jar, 310));
  await get("the cache is over, and so is the session", aged(second, 310));
});
