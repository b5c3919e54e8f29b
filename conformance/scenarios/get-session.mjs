// Whose session is it?
import { createHmac } from "node:crypto";
import { SESSION } from "../lib/jar.mjs";
import { scenario } from "../lib/story.mjs";

/** Another value, whatever it begins with. */
const tampered = (value) => `${value.startsWith("A") ? "B" : "A"}${value.slice(1)}`;

export default scenario("get-session", {}, async (story) => {
  const jar = await story.signUp("ann");
  const get = (step, request = {}) => story.step(step, { get: "/get-session", ...request });
  const withCookie = (step, cookie) => get(step, { headers: { cookie } });
  const value = jar.get(SESSION);
  const [token] = decodeURIComponent(value).split(".");
  const signature = (text) => createHmac("sha256", story.target.secret).update(text).digest("base64");

  await get("signed in", { jar });
  await get("signed out");
  await get("disableCookieCache", { get: "/get-session?disableCookieCache=true", jar });
  await get("disableRefresh", { get: "/get-session?disableRefresh=true", jar });
  await get("a query that nobody knows", { get: "/get-session?foo=bar", jar });
  await get("disableRefresh that is neither", { get: "/get-session?disableRefresh=maybe", jar });
  await get("from a foreign page", { jar, origin: "https://evil.example" });
  await story.step("HEAD", { method: "HEAD", path: "/get-session", jar, origin: null });
  await story.step("POST", { post: "/get-session", jar });
  await story.step("POST with a body", { post: "/get-session", jar, body: {} });
  await get("bearer without that plugin", { headers: { authorization: `Bearer ${decodeURIComponent(value)}` } });

  await withCookie("a wrong signature", `${SESSION}=${encodeURIComponent(`${token}.${signature("another")}`)}`);
  await withCookie("another token under that signature", `${SESSION}=${tampered(value)}`);
  await withCookie("no signature", `${SESSION}=${token}`);
  await withCookie("an empty value", `${SESSION}=`);
  await withCookie("well signed, but of no session", `${SESSION}=${encodeURIComponent(`unknown.${signature("unknown")}`)}`);
  await withCookie("the name that https has", `__Secure-${SESSION}=${value}`);
  await withCookie("beside a stale cache", `${SESSION}=${value}; better-auth.session_data=abc`);
  await withCookie("beside other cookies", `theme=dark; ${SESSION}=${value}; lang=en`);
  await withCookie("twice the same", `${SESSION}=${value}; ${SESSION}=${value}`);
  const second = (await story.signIn("a second session", "ann")).get(SESSION);
  await withCookie("two different ones", `${SESSION}=${value}; ${SESSION}=${second}`);
  await withCookie("one of two is tampered with", `${SESSION}=${tampered(second)}; ${SESSION}=${value}`);
  await withCookie("only the flag that it is not remembered", "better-auth.dont_remember=true");
  await withCookie("not encoded", `${SESSION}=${decodeURIComponent(value)}`);
});

export const signOut = scenario("sign-out", {}, async (story) => {
  const jar = await story.signUp("ann");
  const before = jar.clone();
  await story.step("sign out", { post: "/sign-out", jar });
  await story.step("the old cookie", { get: "/get-session", jar: before });
  await story.step("sign out again with the old cookie", { post: "/sign-out", jar: before.clone() });
  await story.step("sign out without a cookie", { post: "/sign-out" });
  const again = await story.signIn("sign in again", "ann");
  await story.step("sign out with an empty object", { post: "/sign-out", jar: again, body: {} });
  const third = await story.signIn("sign in once more", "ann", { body: { rememberMe: false } });
  await story.step("sign out of what is not remembered", { post: "/sign-out", jar: third });
  const fourth = await story.signIn("sign in a last time", "ann");
  await story.step("sign out with broken JSON", { post: "/sign-out", jar: fourth.clone(), body: "{bad", headers: { "content-type": "application/json" } });
  await story.step("sign out with a tampered cookie", { post: "/sign-out", headers: { cookie: `${SESSION}=tampered.cookie` } });
});
