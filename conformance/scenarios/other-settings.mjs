// Over https, without mail, and with limits.
import { SESSION } from "../lib/jar.mjs";
import { PASSWORD, scenario } from "../lib/story.mjs";

export const https = scenario("https", { https: "https://auth.example.com" }, async (story) => {
  const jar = await story.signUp("ann");
  const get = (step, more) => story.step(step, { get: "/get-session", ...more });
  await get("the session", { jar });
  await get("under the name that http has", { headers: { cookie: `${SESSION}=${jar.get(SESSION)}` } });
  const forgetful = await story.signIn("not remembered", "ann", { body: { rememberMe: false } });
  await get("not remembered, the session", { jar: forgetful });
  await story.step("a new name", { post: "/update-user", jar, body: { name: "Anna" } });
  await story.step("a page of http", { post: "/update-user", jar, origin: "http://app.example.com", body: { name: "Anna" } });
  await story.step("ask for a reset", { post: "/request-password-reset", body: { email: story.email("ann"), redirectTo: "https://app.example.com/reset" } });
  await story.step("open its link", { get: story.link("reset-password", story.email("ann")).path });
  await story.step("a bad link, our own page", { get: "/reset-password/nope?callbackURL=/reset" });
  await story.step("a bad link, no page", { get: "/reset-password/nope" });
  await story.step("a new password, others to be ended", { post: "/change-password", jar, body: { currentPassword: PASSWORD, newPassword: PASSWORD, revokeOtherSessions: true } });
  await story.step("sign out", { post: "/sign-out", jar });
});

export const cookieDomain = scenario("cookie-domain", { https: "https://auth.example.com", cookieDomain: "example.com" }, async (story) => {
  const jar = await story.signUp("ann");
  await story.step("the session", { get: "/get-session", jar });
  await story.signIn("not remembered", "ann", { body: { rememberMe: false } });
  await story.step("sign out", { post: "/sign-out", jar });
});

export const noMail = scenario("no-mail", { noMail: true }, async (story) => {
  const jar = await story.signUp("ann");
  const email = story.email("ann");
  const post = (step, path, body, more) => story.step(step, { post: path, body, ...more });
  await post("reset, known", "/request-password-reset", { email, redirectTo: "/reset" });
  await post("reset, unknown", "/request-password-reset", { email: story.email("nobody") });
  await post("reset, no address", "/request-password-reset", {});
  await story.step("a reset link", { get: "/reset-password/nope?callbackURL=/reset" });
  await post("a reset token", "/reset-password", { newPassword: PASSWORD, token: "nope" });
  await post("verification, signed in", "/send-verification-email", { email }, { jar });
  await post("verification, signed out", "/send-verification-email", { email });
  await story.step("a verification link", { get: "/verify-email?token=nope" });
  await post("the same address", "/change-email", { newEmail: email }, { jar });
  await post("another address", "/change-email", { newEmail: story.email("new") }, { jar });
  await story.step("the session", { get: "/get-session", jar });
  await post("a new password", "/change-password", { currentPassword: PASSWORD, newPassword: PASSWORD, revokeOtherSessions: true }, { jar });
  const stale = await story.signUp("bea");
  await story.age(story.email("bea"), 25 * 3600);
  await post("delete, not fresh", "/delete-user", {}, { jar: stale });
  await post("delete, not fresh, an empty password", "/delete-user", { password: "" }, { jar: stale });
  await post("delete, fresh", "/delete-user", {}, { jar });
});

export const limits = scenario("limits", { rateLimit: true }, async (story) => {
  const body = { email: story.email("nobody"), password: "wrong-password" };
  const from = (ip) => ({ "x-forwarded-for": ip });
  // The limits are not the same ones: each side is asked until it refuses.
  const tryAgain = () => story.quietly({ post: "/sign-in/email", body, headers: from("198.51.100.7") });
  for (let tries = 1; tries <= 12 && (await tryAgain()).status !== 429; tries += 1);
  await story.step("one try too many", { post: "/sign-in/email", body, headers: from("198.51.100.7") });
  await story.step("from elsewhere, another account", { post: "/sign-in/email", body: { ...body, email: story.email("other") }, headers: from("198.51.100.8") });
  await story.step("reading is not counted with it", { get: "/get-session", headers: from("198.51.100.7") });
});
