// A password that was forgotten.
import { PASSWORD, scenario } from "../lib/story.mjs";

const NEXT = "another tractor 59 lagoon";

export default scenario("reset-password", {}, async (story) => {
  const jar = await story.signUp("ann");
  const email = story.email("ann");
  const ask = (step, body) => story.step(step, { post: "/request-password-reset", body });
  const open = (step, path) => story.step(step, { get: `/reset-password/${path}` });
  const reset = (step, body, query = "") => story.step(step, { post: `/reset-password${query}`, body });
  const latest = () => story.link("reset-password", email);

  await ask("unknown", { email: story.email("nobody"), redirectTo: "/reset" });
  await ask("known", { email, redirectTo: "/reset" });
  await ask("known, address in capitals", { email: email.toUpperCase(), redirectTo: "/reset?x=1" });
  await ask("a foreign redirectTo", { email, redirectTo: "https://evil.example/reset" });
  await ask("an address that is none", { email: "nope" });
  await ask("an absolute redirectTo", { email, redirectTo: `${story.frontend}/reset` });
  await story.step("the name that it had before", { post: "/forget-password", body: { email, redirectTo: "/reset" } });

  const { token } = latest();
  await story.step("open the link of the mail", { get: latest().path });
  await open("open it again, with a query and a fragment", `${token}?callbackURL=%2Freset%3Fx%3D1%23end`);
  await open("open it without a callbackURL", token);
  await open("open it with an empty callbackURL", `${token}?callbackURL=`);
  await open("open it with a foreign callbackURL", `${token}?callbackURL=https://evil.example/`);
  await open("open a bad one", "nope?callbackURL=/reset");
  await open("open a bad one with a query", "nope?callbackURL=%2Freset%3Fx%3D1");
  await open("open a bad one without a callbackURL", "nope");

  await reset("a bad token", { newPassword: NEXT, token: "bad" });
  await reset("no token", { newPassword: NEXT });
  await reset("an empty token", { newPassword: NEXT, token: "" });
  await reset("no password", { token });
  await reset("7 characters", { newPassword: "7 chars", token });
  await reset("129 characters", { newPassword: "long enough ".repeat(11).slice(0, 129), token });
  await reset("7 characters and a bad token", { newPassword: "7 chars", token: "bad" });
  await reset("the right token", { newPassword: NEXT, token });
  await reset("the right token again", { newPassword: PASSWORD, token });
  await open("open the used one", `${token}?callbackURL=/reset`);
  await story.signIn("the old password", "ann");
  await story.step("the address is no more verified than before", { get: "/get-session", jar: await story.signIn("the new password", "ann", { body: { password: NEXT } }) });
  await story.step("the session from before", { get: "/get-session", jar });

  await ask("once more, without a redirectTo", { email });
  await story.step("open a link without a redirectTo", { get: latest().path });
  await reset("the token in the query", { newPassword: PASSWORD }, `?token=${latest().token}`);
  await ask("an empty redirectTo", { email, redirectTo: "" });
  await reset("one in the query, one in the body", { newPassword: PASSWORD, token: latest().token }, "?token=other");
});

export const late = scenario("reset-password-late", {}, async (story) => {
  await story.signUp("ann");
  await story.step("ask", { post: "/request-password-reset", body: { email: story.email("ann"), redirectTo: "/reset" } });
  await story.age(story.email("ann"), 3700);
  const { path, token } = story.link("reset-password", story.email("ann"));
  await story.step("open it after an hour", { get: path });
  await story.step("use it after an hour", { post: "/reset-password", body: { newPassword: NEXT, token } });
});

export const older = scenario("reset-password-older", {}, async (story) => {
  await story.signUp("ann");
  const email = story.email("ann");
  const ask = (step) => story.step(step, { post: "/request-password-reset", body: { email, redirectTo: "/reset" } });
  await ask("ask");
  const first = story.link("reset-password", email);
  await ask("ask again");
  const second = story.link("reset-password", email);
  await story.step("open the first", { get: first.path });
  await story.step("use the first", { post: "/reset-password", body: { newPassword: NEXT, token: first.token } });
  await story.step("use the second", { post: "/reset-password", body: { newPassword: PASSWORD, token: second.token } });
});
