// Where nobody signs in before their address is proven.
import { PASSWORD, scenario } from "../lib/story.mjs";

export default scenario("required-verification", { requireVerification: true }, async (story) => {
  const email = story.email("ann");
  const into = (step, body, more) => story.step(step, { post: "/sign-in/email", body: { email, password: PASSWORD, ...body }, ...more });
  const jar = await story.signUp("ann", { body: { callbackURL: "/welcome" } });
  await story.step("not signed in by that", { get: "/get-session", jar });
  await story.signUp("the address again", { body: { email, name: "Mallory", image: "https://example.com/m.png" } });
  await story.signUp("the address again in capitals", { body: { email: email.toUpperCase() } });
  await story.signUp("the address again, a short password", { body: { email, password: "short" } });
  await into("before");
  await into("before, with a callbackURL", { callbackURL: "/dash" });
  await into("before, with a wrong password", { password: "wrong-password" });
  await story.step("ask for a new link", { post: "/send-verification-email", body: { email, callbackURL: "/again" } });

  const { path, token } = story.link("verify-email", email);
  await story.step("the link", { get: path, jar });
  await story.step("not signed in by that either", { get: "/get-session", jar });
  await story.step("the link again, elsewhere", { get: path, jar: story.jar() });
  await story.step("the link again, no callbackURL", { get: `/verify-email?token=${token}` });
  await into("after");
  await story.signUp("the address again, proven", { body: { email } });
});

export const recovery = scenario("required-verification-reset", { requireVerification: true }, async (story) => {
  await story.signUp("ann");
  const email = story.email("ann");
  const password = "another tractor 59 lagoon";
  await story.step("ask for a reset", { post: "/request-password-reset", body: { email, redirectTo: "/reset" } });
  await story.step("reset", { post: "/reset-password", body: { newPassword: password, token: story.link("reset-password", email).token } });
  await story.signIn("a reset proves nothing", "ann", { body: { password } });
  await story.step("the link from before, no callbackURL", { get: `/verify-email?token=${story.link("verify-email", email).token}` });
});

export const address = scenario("required-verification-address", { requireVerification: true }, async (story) => {
  await story.signUp("ann");
  await story.step("the link, no callbackURL", { get: `/verify-email?token=${story.link("verify-email", story.email("ann")).token}` });
  const jar = await story.signIn("sign in", "ann");
  await story.step("change the address", { post: "/change-email", jar, body: { newEmail: story.email("new"), callbackURL: "/x" } });
  await story.step("open its link", { get: story.link("verify-email", story.email("new")).path, jar });
  await story.step("the session", { get: "/get-session", jar });
  await story.signIn("sign in by the new address", "new");
});
