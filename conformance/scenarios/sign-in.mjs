// Signing in with a password.
import { PASSWORD, scenario } from "../lib/story.mjs";

export default scenario("sign-in", {}, async (story) => {
  await story.signUp("ann");
  const email = story.email("ann");
  const into = (step, body, more) => story.step(step, { post: "/sign-in/email", body, ...more });
  const jar = story.jar();

  await into("the right password", { email, password: PASSWORD }, { jar });
  await story.step("the session", { get: "/get-session", jar });
  await into("again, while signed in", { email, password: PASSWORD }, { jar });
  await into("an address in capitals", { email: email.toUpperCase(), password: PASSWORD });
  await into("a wrong password", { email, password: "wrong-password" });
  await into("an empty password", { email, password: "" });
  await into("a password of 129 characters", { email, password: "x".repeat(129) });
  await into("an unknown address", { email: story.email("nobody"), password: PASSWORD });
  await into("an address that is none", { email: "nobody", password: PASSWORD });
  await into("an empty address", { email: "", password: PASSWORD });
  await into("no password", { email });
  await into("no address", { password: PASSWORD });
  await into("a password that is a number", { email, password: 5 });
  await into("fields that nobody knows", { email, password: PASSWORD, foo: 1 });

  const forgetful = story.jar();
  await into("rememberMe false", { email, password: PASSWORD, rememberMe: false }, { jar: forgetful });
  await story.step("the session that is not remembered", { get: "/get-session", jar: forgetful });
  await into("rememberMe true over one that is not remembered", { email, password: PASSWORD, rememberMe: true }, { jar: forgetful });
  await into("rememberMe that is text", { email, password: PASSWORD, rememberMe: "false" });
  await into("rememberMe of null", { email, password: PASSWORD, rememberMe: null });

  await into("a callbackURL", { email, password: PASSWORD, callbackURL: "/dashboard" });
  await into("an empty callbackURL", { email, password: PASSWORD, callbackURL: "" });
  await into("a callbackURL of null", { email, password: PASSWORD, callbackURL: null });
  await into("a wrong password with a callbackURL", { email, password: "wrong-password", callbackURL: "/dashboard" });
});

export const bodies = scenario("sign-in-form", {}, async (story) => {
  await story.signUp("ann");
  const text = JSON.stringify({ email: story.email("ann"), password: PASSWORD });
  const into = (step, body, type) => story.step(step, { post: "/sign-in/email", body, headers: type && { "content-type": type } });
  await into("no body");
  await into("an empty body", "", "application/json");
  await into("broken JSON", "{bad", "application/json");
  await into("JSON as text/plain", text, "text/plain");
  await into("JSON without a type", text);
  await into("JSON with a charset", text, "application/json; charset=utf-8");
  await into("a form", `email=${encodeURIComponent(story.email("ann"))}&password=${encodeURIComponent(PASSWORD)}`, "application/x-www-form-urlencoded");
  await into("a list", "[]", "application/json");
  await into("null", "null", "application/json");
});
