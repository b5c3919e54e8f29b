// What time does to sessions. Hours are let pass in the database.
import { PASSWORD, scenario } from "../lib/story.mjs";

const HOUR = 3600;
const DAY = 24 * HOUR;

export default scenario("expiry", {}, async (story) => {
  const jar = await story.signUp("ann");
  const get = (step, more = {}) => story.step(step, { get: "/get-session", jar, ...more });
  await story.age(story.email("ann"), 23 * HOUR);
  await get("after 23 hours: as it was");
  await story.age(story.email("ann"), 2 * HOUR);
  await get("after 25 hours, not to be extended", { get: "/get-session?disableRefresh=true" });
  await get("after 25 hours: extended");
  await get("at once again: as it is");
  await story.step("after 25 hours: not fresh enough for the list", { get: "/list-sessions", jar });
  await story.step("after 25 hours: others may still be ended", { post: "/revoke-other-sessions", jar });
  await story.age(story.email("ann"), 6 * DAY);
  await get("after six days more: extended");
  await story.age(story.email("ann"), 8 * DAY);
  await story.step("after eight days without use, the list", { get: "/list-sessions", jar: jar.clone() });
  await story.step("after eight days without use, sign out", { post: "/sign-out", jar: jar.clone() });
  await get("after eight days without use");
});

export const notRemembered = scenario("expiry-not-remembered", {}, async (story) => {
  await story.signUp("ann");
  const jar = await story.signIn("not remembered", "ann", { body: { rememberMe: false } });
  const get = (step) => story.step(step, { get: "/get-session", jar });
  await story.age(story.email("ann"), 23 * HOUR);
  await get("after 23 hours");
  await story.age(story.email("ann"), 2 * HOUR);
  await get("after 25 hours");
});

export const freshness = scenario("freshness", {}, async (story) => {
  const jar = await story.signUp("ann");
  const post = (step, path, body) => story.step(step, { post: path, jar, body });
  await story.age(story.email("ann"), 25 * HOUR);
  await post("unlink an account", "/unlink-account", { accountId: "unknown" });
  await post("change the address", "/change-email", { newEmail: story.email("new") });
  await post("change the name", "/update-user", { name: "Anna" });
  await post("verify the password", "/verify-password", { password: PASSWORD });
  await post("delete with the password", "/delete-user", { password: PASSWORD });
});
