// Making accounts.
import { PASSWORD, scenario } from "../lib/story.mjs";

export default scenario("sign-up", {}, async (story) => {
  const up = (step, body, more) => story.step(step, { post: "/sign-up/email", body, ...more });
  const ann = { name: "Ann", email: story.email("Ann"), password: PASSWORD };
  const other = (name, more) => ({ name: "Bea", email: story.email(name), password: PASSWORD, ...more });

  const jar = story.jar();
  await up("a new user, the address in capitals", ann, { jar });
  await story.step("the new session", { get: "/get-session", jar });
  await up("the address again, in lower case", { ...ann, email: ann.email.toLowerCase() });
  await up("the address again, with a password that is too short", { ...ann, password: "short" });
  await up("while signed in", other("second"), { jar });
  await story.step("the session is the second user's", { get: "/get-session", jar });

  await up("a password of 7 characters", other("short", { password: "7 chars" }));
  await up("a password of 8 characters", other("least", { password: "8 char.s" }));
  await up("a password of 128 characters", other("most", { password: "long enough ".repeat(11).slice(0, 128) }));
  await up("a password of 129 characters", other("long", { password: "long enough ".repeat(11).slice(0, 129) }));
  await up("an empty password", other("none", { password: "" }));
  for (const email of ["not-an-email", "", "a@b", "two@at@example.com", "space in@example.com", "@example.com"]) {
    await up(`the address ${JSON.stringify(email)}`, { ...ann, email });
  }
  await up("an empty name", other("nameless", { name: "" }));
  await up("a long name", other("long-name", { name: "n".repeat(200) }));
  await up("a name of markup", other("markup", { name: "<b>Ann</b> & co" }));
  await up("a name in another script", other("script", { name: "Łucja 東京 🙂" }));
  await up("an image", other("image", { image: "https://example.com/ann.png" }));
  await up("an image of null", other("no-image", { image: null }));
  await up("fields that nobody may set", other("forbidden", { emailVerified: true, id: "mine", createdAt: "2020-01-01T00:00:00.000Z" }));
  await up("fields that nobody knows", other("unknown", { role: "admin", foo: 1 }));
  await up("a callbackURL", other("callback", { callbackURL: "/welcome?from=mail" }));
  await up("an absolute callbackURL of the front end", other("absolute", { callbackURL: `${story.frontend}/welcome` }));
  await up("a foreign callbackURL", other("foreign", { callbackURL: "https://evil.example/" }));
  await up("rememberMe false", other("forgetful", { rememberMe: false }), { jar });
  await story.step("the session that is not remembered", { get: "/get-session", jar });
});

export const bodies = scenario("sign-up-form", {}, async (story) => {
  const text = JSON.stringify({ name: "Ann", email: story.email("text"), password: PASSWORD });
  const up = (step, body, type) => story.step(step, { post: "/sign-up/email", body, headers: type && { "content-type": type } });
  await up("no body");
  await up("an empty body", "", "application/json");
  await up("broken JSON", "{bad", "application/json");
  await up("JSON as text/plain", text, "text/plain");
  await up("JSON without a type", text);
  await up("JSON with a charset", text.replace("text.", "charset."), "application/json; charset=utf-8");
  await up("JSON of another subtype", text.replace("text.", "subtype."), "application/vnd.api+json");
  await up("a form", `name=Ann&email=${encodeURIComponent(story.email("form"))}&password=${encodeURIComponent(PASSWORD)}`, "application/x-www-form-urlencoded");
  await up("a list", "[]", "application/json");
  await up("a string", '"text"', "application/json");
  await up("null", "null", "application/json");
});
