// A new address.
import { scenario } from "../lib/story.mjs";

export default scenario("change-email", {}, async (story) => {
  const jar = await story.signUp("ann");
  await story.signUp("taken");
  const change = (step, body, more) => story.step(step, { post: "/change-email", jar, body, ...more });
  const session = (step) => story.step(step, { get: "/get-session", jar });

  await change("signed out", { newEmail: story.email("new") }, { jar: undefined });
  await change("the same address", { newEmail: story.email("ann") });
  await change("the same address in capitals", { newEmail: story.email("ann").toUpperCase() });
  await change("an address that is none", { newEmail: "nope" });
  await change("a taken address", { newEmail: story.email("taken") });
  await change("a taken address in capitals", { newEmail: story.email("taken").toUpperCase() });
  await change("a foreign callbackURL", { newEmail: story.email("new"), callbackURL: "https://evil.example/" });
  await session("nothing has changed");

  await change("an unverified user, a callbackURL", { newEmail: story.email("new"), callbackURL: "/done?x=1" });
  await session("not changed before the link is opened");
  await story.step("open the link", { get: story.link("verify-email", story.email("new")).path, jar });
  await session("changed");
  await story.step("open the link again", { get: story.link("verify-email", story.email("new")).path, jar });
  await story.signIn("sign in by the old address", "ann");
  await story.signIn("sign in by the new address", "new");
});

export const verified = scenario("change-email-verified", {}, async (story) => {
  const jar = await story.signUp("ann");
  const stranger = await story.signUp("bea");
  const change = (step, body) => story.step(step, { post: "/change-email", jar, body });
  const open = (step, to, more) => story.step(step, { get: `/verify-email?token=${story.link("verify-email", to).token}`, ...more });
  await open("prove the first address", story.email("ann"), { jar });

  await change("no callbackURL, address in capitals", { newEmail: story.email("Second") });
  await open("a stranger opens the link", story.email("second"), { jar: stranger });
  await open("the user opens the link", story.email("second"), { jar });
  await story.step("the session", { get: "/get-session", jar });
  await open("the user opens it again", story.email("second"), { jar });

  await change("a third address", { newEmail: story.email("third"), callbackURL: `${story.frontend}/third` });
  await story.step("opened where nobody is signed in", { get: story.link("verify-email", story.email("third")).path });
  await story.step("the session again", { get: "/get-session", jar });

  await change("a fourth address", { newEmail: story.email("fourth") });
  await change("a fifth address instead", { newEmail: story.email("fifth") });
  await open("the link to the fifth", story.email("fifth"), { jar });
  await open("the link to the fourth, too late", story.email("fourth"), { jar });
});

export const races = scenario("change-email-late", {}, async (story) => {
  const jar = await story.signUp("ann");
  const open = (step, to) => story.step(step, { get: story.link("verify-email", to).path, jar });
  await story.step("ask", { post: "/change-email", jar, body: { newEmail: story.email("late"), callbackURL: "/late" } });
  await story.age(story.email("ann"), 3700);
  await story.step("the session is well", { get: "/get-session", jar });
  await open("the link after an hour", story.email("ann"));
});
