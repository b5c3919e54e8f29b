// A signed-in user's password: changed, and asked for.
import { PASSWORD, scenario } from "../lib/story.mjs";

const NEXT = "another tractor 59 lagoon";

export default scenario("change-password", {}, async (story) => {
  const jar = await story.signUp("ann");
  const change = (step, body, more) => story.step(step, { post: "/change-password", jar, body, ...more });
  await change("a wrong current password", { currentPassword: "wrong-password", newPassword: NEXT });
  await change("a new one of 7 characters", { currentPassword: PASSWORD, newPassword: "7 chars" });
  await change("a new one of 129 characters", { currentPassword: PASSWORD, newPassword: "long enough ".repeat(11).slice(0, 129) });
  await change("signed out", { currentPassword: PASSWORD, newPassword: NEXT }, { jar: undefined });
  await change("a current one of 129 characters", { currentPassword: "x".repeat(129), newPassword: NEXT });
  await change("others to be ended or not, as text", { currentPassword: PASSWORD, newPassword: NEXT, revokeOtherSessions: "true" });
  await change("others to be ended or not, as null", { currentPassword: PASSWORD, newPassword: NEXT, revokeOtherSessions: null });

  await change("the right one", { currentPassword: PASSWORD, newPassword: NEXT });
  await story.step("still signed in", { get: "/get-session", jar });
  await story.signIn("the old password", "ann");
  const other = await story.signIn("the new password", "ann", { body: { password: NEXT } });

  const before = jar.clone();
  await change("back, others to be ended", { currentPassword: NEXT, newPassword: PASSWORD, revokeOtherSessions: true });
  await story.step("signed in by the new cookie", { get: "/get-session", jar });
  await story.step("the cookie from before", { get: "/get-session", jar: before });
  await story.step("the other session", { get: "/get-session", jar: other });
  await change("the same again", { currentPassword: PASSWORD, newPassword: PASSWORD, revokeOtherSessions: true });
});

export const others = scenario("change-password-others", {}, async (story) => {
  const jar = await story.signUp("ann");
  const other = await story.signIn("elsewhere", "ann");
  await story.step("others are not mentioned", { post: "/change-password", jar, body: { currentPassword: PASSWORD, newPassword: NEXT } });
  await story.step("elsewhere, not mentioned", { get: "/get-session", jar: other });
  const third = await story.signIn("elsewhere again", "ann", { body: { password: NEXT } });
  await story.step("others are to stay", { post: "/change-password", jar, body: { currentPassword: NEXT, newPassword: PASSWORD, revokeOtherSessions: false } });
  await story.step("elsewhere, to stay", { get: "/get-session", jar: third });
});

export const notRemembered = scenario("change-password-not-remembered", {}, async (story) => {
  await story.signUp("ann");
  const jar = await story.signIn("not remembered", "ann", { body: { rememberMe: false } });
  await story.step("without ending others", { post: "/change-password", jar, body: { currentPassword: PASSWORD, newPassword: NEXT } });
  await story.step("ending others", { post: "/change-password", jar, body: { currentPassword: NEXT, newPassword: PASSWORD, revokeOtherSessions: true } });
  await story.step("the session", { get: "/get-session", jar });
});

export const verify = scenario("verify-password", {}, async (story) => {
  const jar = await story.signUp("ann");
  const verify = (step, body, more) => story.step(step, { post: "/verify-password", jar, body, ...more });
  await verify("right", { password: PASSWORD });
  await verify("wrong", { password: "wrong-password" });
  await verify("empty", { password: "" });
  await verify("129 characters", { password: "x".repeat(129) });
  await verify("signed out", { password: PASSWORD }, { jar: undefined });
  await verify("signed out, nothing", {}, { jar: undefined });
  await story.step("set a password, which only a server may", { post: "/set-password", jar, body: { newPassword: PASSWORD } });
});
