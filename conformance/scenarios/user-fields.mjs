// Fields of the operator's own.
import { scenario } from "../lib/story.mjs";

const DECLARED = {
  company: { type: "string", required: true },
  age: { type: "number", required: false },
  role: { type: "string", defaultValue: "user", input: false },
  since: { type: "date", required: false },
  news: { type: "boolean", required: false, defaultValue: false },
  tags: { type: "string[]", required: false },
  note: { type: "string", required: false, returned: false },
};
const ALL = { company: "Acme", age: 41, since: "2020-01-02T03:04:05.000Z", news: true, tags: ["a", "b"], note: "hidden" };

export default scenario("user-fields", { userFields: DECLARED }, async (story) => {
  const up = (name, body) => story.signUp(name, { body: { email: story.email(name.replaceAll(" ", "-")), ...body } });
  await up("nothing given", {});
  await up("nothing given and a short password", { password: "short" });
  const jar = await up("the required one", { company: "Acme" });
  await story.step("the session", { get: "/get-session", jar });
  await story.signIn("sign in", "the-required-one");
  const full = await up("all", ALL);
  await story.step("the session with all", { get: "/get-session", jar: full });
  await up("role given", { company: "Acme", role: "admin" });
  await up("role of null", { company: "Acme", role: null });
  await up("an unknown field", { company: "Acme", foo: 1 });
  await up("an empty company", { company: "" });
  await up("others of null", { company: "Acme", age: null, since: null, tags: null });
  await up("no tags", { company: "Acme", tags: [] });
  await up("a taken address", { email: story.email("all"), company: "Acme" });
  await up("a taken address and nothing given", { email: story.email("all") });

  const update = (step, body) => story.step(step, { post: "/update-user", jar, body });
  await update("an age", { age: 7 });
  await update("all of them", { ...ALL, company: "Bcme" });
  await story.step("the session after that", { get: "/get-session", jar });
  await update("a role", { role: "admin" });
  await update("a role beside another", { role: "admin", age: 8 });
  await update("a role of null", { role: null });
  await update("an unknown one", { foo: 1 });
  await update("an unknown one beside another", { foo: 1, age: 9 });
  await update("an age of null", { age: null });
  await update("since of null", { since: null });
  await update("tags of null", { tags: null });
  await update("an empty company then", { company: "" });
  await update("name and age", { name: "Anna", age: 10 });
  await story.step("the session at the end", { get: "/get-session", jar });
  await story.step("a new password", { post: "/change-password", jar, body: { currentPassword: "wrong-password", newPassword: "another tractor 59" } });
});

export const wrongTypes = scenario("user-fields-types", { userFields: DECLARED }, async (story) => {
  const wrong = {
    "company null": { company: null },
    "company number": { company: 5 },
    "company object": { company: {} },
    "age numeric text": { age: "5" },
    "age text": { age: "x" },
    "age truth": { age: true },
    "age fraction": { age: 41.5 },
    "since text": { since: "nope" },
    "since number": { since: 5 },
    "since day": { since: "2020-01-02" },
    "news text": { news: "true" },
    "news number": { news: 1 },
    "tags text": { tags: "a" },
    "tags numbers": { tags: [1, 2] },
    "tags object": { tags: {} },
  };
  for (const [what, body] of Object.entries(wrong)) {
    await story.signUp(what, { body: { email: story.email(what.replaceAll(" ", "-")), company: "Acme", ...body } });
  }
  for (const [what, body] of Object.entries(wrong)) {
    const jar = await story.signUp(`u ${what}`, { body: { email: story.email(`u-${what.replaceAll(" ", "-")}`), company: "Acme" } });
    await story.step(`${what}, updated`, { post: "/update-user", jar, body });
  }
});

export const hidden = scenario("user-fields-hidden", { userFields: DECLARED, requireVerification: true }, async (story) => {
  await story.signUp("ann", { body: ALL });
  await story.signUp("the address again", { body: { ...ALL, email: story.email("ann"), company: "Other", role: "admin" } });
  await story.signUp("the address again, nothing given", { body: { email: story.email("ann") } });
});
