// What users change about themselves.
import { scenario } from "../lib/story.mjs";

export default scenario("update-user", {}, async (story) => {
  const jar = await story.signUp("ann");
  const update = (step, body) => story.step(step, { post: "/update-user", jar, body });
  const session = (step) => story.step(step, { get: "/get-session", jar });

  await update("name and image", { name: "Anna", image: "https://example.com/a.png" });
  await session("name and image are there");
  await update("image null", { image: null });
  await session("image is gone");
  await update("an empty name", { name: "" });
  await update("a name of 300 characters", { name: "n".repeat(300) });
  await update("a name of markup", { name: "<b>Ann</b>" });
  await update("an image that is no URL", { image: "nope" });
  await update("an empty image", { image: "" });
  await update("a known field beside an unknown one", { foo: 1, name: "Ann" });
  await session("the unknown one is not there");

  await update("nothing", {});
  await update("an unknown field", { foo: 1 });
  await update("an address", { email: story.email("other") });
  await update("a name and an address", { name: "Ann", email: story.email("other") });
  await update("an address of null", { email: null });
  await update("emailVerified", { emailVerified: true });
  await update("an id", { id: "mine" });
  await update("createdAt", { createdAt: "2020-01-01T00:00:00.000Z" });
  await update("a password", { password: "another-password" });
  await story.step("signed out", { post: "/update-user", body: { name: "Ann" } });
  await session("nothing of that is there");

  const forgetful = await story.signIn("not remembered", "ann", { body: { rememberMe: false } });
  await story.step("update by one that is not remembered", { post: "/update-user", jar: forgetful, body: { name: "Ann" } });
});

export const wrongTypes = scenario("update-user-types", {}, async (story) => {
  const jar = await story.signUp("ann");
  const update = (step, body) => story.step(step, { post: "/update-user", jar, body });
  await update("a name that is a number", { name: 5 });
  await update("a name that is a truth", { name: true });
  await update("a name of null", { name: null });
  await update("a name that is an object", { name: { first: "Ann" } });
  await update("a name that is a list", { name: ["Ann"] });
  await update("an image that is a number", { image: 5 });
  await update("an image that is an object", { image: {} });
});

export const session = scenario("update-session", {}, async (story) => {
  const jar = await story.signUp("ann");
  const update = (step, body) => story.step(step, { post: "/update-session", jar, body });
  await update("nothing", {});
  for (const field of ["foo", "token", "expiresAt", "ipAddress", "userAgent", "userId", "id"]) await update(`the field ${field}`, { [field]: "x" });
  await story.step("signed out", { post: "/update-session", body: { foo: 1 } });
  await story.step("signed out, nothing", { post: "/update-session", body: {} });
  await story.step("the session is as it was", { get: "/get-session", jar });
});
