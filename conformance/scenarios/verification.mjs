// Proving that one reads mail at one's address, where nobody has to.
import { scenario } from "../lib/story.mjs";

export default scenario("verification", {}, async (story) => {
  const jar = await story.signUp("ann");
  const email = story.email("ann");
  const ask = (step, body, more) => story.step(step, { post: "/send-verification-email", body, ...more });
  const open = (step, query, more) => story.step(step, { get: `/verify-email${query}`, ...more });

  await ask("signed in, another's address", { email: story.email("other") }, { jar });
  await ask("signed in", { email, callbackURL: "/welcome" }, { jar });
  await ask("signed in, address in capitals", { email: email.toUpperCase() }, { jar });
  await ask("signed out, unknown", { email: story.email("nobody") });
  await ask("signed out, known", { email, callbackURL: `${story.frontend}/welcome?x=1` });
  await ask("an address that is none", { email: "nope" });
  await ask("ask with a foreign callbackURL", { email, callbackURL: "https://evil.example/" });

  await open("a bad token", "?token=abc");
  await open("a bad token and a callbackURL", "?token=abc&callbackURL=/welcome");
  await open("a bad token and a callbackURL with a query", "?token=abc&callbackURL=%2Fwelcome%3Fx%3D1%23end");
  await open("a bad token and an empty callbackURL", "?token=abc&callbackURL=");
  await open("an empty token", "?token=");
  await open("no token", "");
  await open("no token, a callbackURL", "?callbackURL=/welcome");
  const { path, token } = story.link("verify-email", email);
  await open("open with a foreign callbackURL", `?token=${token}&callbackURL=https://evil.example/`);
  await story.step("the link of the mail", { get: path, jar });
  await story.step("the session", { get: "/get-session", jar });
  await story.step("the link again", { get: path, jar });
  await story.step("the link again, where nobody is signed in", { get: path });
  await open("the token without a callbackURL", `?token=${token}`);
  await ask("signed in and verified", { email }, { jar });
  await ask("signed out and verified", { email });
});

export const plain = scenario("verification-plain", {}, async (story) => {
  const jar = await story.signUp("ann");
  const stranger = await story.signUp("bea");
  const { token } = story.link("verify-email", story.email("ann"));
  await story.step("a stranger opens it, no callbackURL", { get: `/verify-email?token=${token}`, jar: stranger });
  await story.step("the stranger's session", { get: "/get-session", jar: stranger });
  await story.step("the session", { get: "/get-session", jar });
  const other = story.link("verify-email", story.email("bea"));
  await story.step("signed out, no callbackURL", { get: `/verify-email?token=${other.token}` });
  await story.signIn("sign in afterwards", "bea");
});

export const late = scenario("verification-late", {}, async (story) => {
  const jar = await story.signUp("ann");
  await story.age(story.email("ann"), 3700);
  const { path, token } = story.link("verify-email", story.email("ann"));
  await story.step("after an hour", { get: path });
  await story.step("after an hour, no callbackURL", { get: `/verify-email?token=${token}` });
  await story.step("after an hour, a callbackURL with a query", { get: `/verify-email?token=${token}&callbackURL=%2Fw%3Fx%3D1` });
  await story.step("not verified", { get: "/get-session", jar });
});

export const older = scenario("verification-older", {}, async (story) => {
  const jar = await story.signUp("ann");
  const first = story.link("verify-email", story.email("ann"));
  await story.step("a second link", { post: "/send-verification-email", jar, body: { email: story.email("ann") } });
  await story.step("the first link still works", { get: first.path });
  await story.step("the second link then, too", { get: story.link("verify-email", story.email("ann")).path });
  await story.step("the session", { get: "/get-session", jar });
});
