// Leaving.
import { PASSWORD, scenario } from "../lib/story.mjs";

export default scenario("delete-user", {}, async (story) => {
  const jar = await story.signUp("ann");
  const other = await story.signIn("elsewhere", "ann");
  const leave = (step, body, more) => story.step(step, { post: "/delete-user", body, jar, ...more });
  const callback = (step, query, more) => story.step(step, { get: `/delete-user/callback${query}`, ...more });

  await leave("signed out", {}, { jar: undefined });
  await leave("signed out with a password", { password: PASSWORD }, { jar: undefined });
  await leave("a wrong password", { password: "wrong-password" });
  await leave("a token that nobody made", { token: "abc" });
  await leave("a foreign callbackURL", { callbackURL: "https://evil.example/" });
  await callback("callback without a token", "");
  await callback("callback, signed out", "?token=abc");
  await callback("callback, a bad token", "?token=abc", { jar });
  await callback("callback, a foreign callbackURL", "?token=abc&callbackURL=https://evil.example/", { jar });
  await story.step("still there", { get: "/get-session", jar });

  const before = jar.clone();
  await leave("the password", { password: PASSWORD });
  await story.step("the old cookie", { get: "/get-session", jar: before });
  await story.step("the other session", { get: "/get-session", jar: other });
  await story.signIn("sign in afterwards", "ann");
  await story.step("the link that was mailed before", { get: story.link("verify-email", story.email("ann")).path });
  await story.signUp("ann again", { body: { email: story.email("ann") } });
});

export const fresh = scenario("delete-user-fresh", {}, async (story) => {
  await story.step("a fresh session is enough", { post: "/delete-user", jar: await story.signUp("ann"), body: {} });
  await story.step("an empty password is none", { post: "/delete-user", jar: await story.signUp("bea"), body: { password: "" } });
  const jar = await story.signUp("cleo");
  await story.step("a password and a callbackURL", { post: "/delete-user", jar, body: { password: PASSWORD, callbackURL: "/bye" } });
});

export const mailed = scenario("delete-user-mailed", { mailDeletion: true }, async (story) => {
  const jar = await story.signUp("ann");
  const email = story.email("ann");
  const leave = (step, body, more) => story.step(step, { post: "/delete-user", body, jar, ...more });
  const open = (step, query, more) => story.step(step, { get: `/delete-user/callback${query}`, ...more });

  await leave("a wrong password", { password: "wrong-password" });
  await leave("a callbackURL", { callbackURL: "/bye?x=1" });
  await story.step("not deleted yet", { get: "/get-session", jar });
  await leave("a bad token", { token: "bad" });
  const { path, token } = story.link("delete-user", email);
  await leave("the token, signed out", { token }, { jar: undefined });
  await story.step("the link, signed out", { get: path });
  await open("the link, a foreign callbackURL", `?token=${token}&callbackURL=https://evil.example/`, { jar });
  await story.step("the link of the mail", { get: path, jar: jar.clone() });
  await story.step("the session", { get: "/get-session", jar });

  const second = await story.signUp("bea");
  await leave("another user's turn", { callbackURL: "/bye" }, { jar: second });
  await open("the link without a callbackURL", `?token=${story.link("delete-user", story.email("bea")).token}`, { jar: second });
  const third = await story.signUp("cleo");
  await leave("a third user's turn", { callbackURL: `${story.frontend}/bye` }, { jar: third });
  await leave("the token", { token: story.link("delete-user", story.email("cleo")).token }, { jar: third });

  const fourth = await story.signUp("dora");
  await story.age(story.email("dora"), 25 * 3600);
  await leave("a session that is not fresh", {}, { jar: fourth });
  await leave("one that is not fresh, an empty password", { password: "" }, { jar: fourth });
  await story.step("the link where the session is not fresh", { get: story.link("delete-user", story.email("dora")).path, jar: fourth });
});

export const atOnce = scenario("delete-user-at-once", { mailDeletion: true }, async (story) => {
  await story.step("a fresh session, nothing given", { post: "/delete-user", jar: await story.signUp("ann"), body: {} });
  await story.step("the right password", { post: "/delete-user", jar: await story.signUp("bea"), body: { password: PASSWORD } });
});

export const strangers = scenario("delete-user-strangers", { mailDeletion: true }, async (story) => {
  const jar = await story.signUp("ann");
  const stranger = await story.signUp("bea");
  const ask = (step) => story.step(step, { post: "/delete-user", jar, body: { callbackURL: "/bye" } });
  await ask("ask");
  const { path, token } = story.link("delete-user", story.email("ann"));
  await story.step("a stranger opens the link", { get: path, jar: stranger });
  await story.step("a stranger uses the token", { post: "/delete-user", jar: stranger, body: { token } });
  await story.step("the stranger is still there", { get: "/get-session", jar: stranger });
  await story.step("not deleted by that", { get: "/get-session", jar });
  await ask("ask again");
  await story.age(story.email("ann"), 25 * 3600);
  await story.step("the link after a day", { get: story.link("delete-user", story.email("ann")).path, jar });
  await ask("ask a third time");
  const third = story.link("delete-user", story.email("ann")).path;
  await story.step("a stranger opens the third", { get: third, jar: stranger });
  await story.step("the user opens the third after that", { get: third, jar });
});
