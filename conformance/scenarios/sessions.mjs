// A user's sessions: seen, and ended.
import { scenario } from "../lib/story.mjs";

export default scenario("sessions", {}, async (story) => {
  const here = await story.signUp("ann", { headers: { "user-agent": "Here/1.0" } });
  const there = await story.signIn("there", "ann", { headers: { "user-agent": "There/2.0", "x-forwarded-for": "203.0.113.9" } });
  const stranger = await story.signUp("bea");
  const list = (step, jar) => story.step(step, { get: "/list-sessions", jar });
  const revoke = (step, jar, token) => story.step(step, { post: "/revoke-session", jar, body: { token } });

  const sessions = (await list("both", here)).json;
  await list("the list, signed out", undefined);
  const token = sessions?.[1]?.token;
  await revoke("a stranger tries", stranger, token);
  await story.step("there is still signed in", { get: "/get-session", jar: there });
  await revoke("a name that nobody has", here, "nobody");
  await revoke("an empty name", here, "");
  await revoke("end one, signed out", undefined, token);
  await revoke("the other one", here, token);
  await story.step("there is signed out", { get: "/get-session", jar: there });
  await revoke("the other one again", here, token);
  await list("one is left", here);

  const third = await story.signIn("a third", "ann");
  await story.step("end the others", { post: "/revoke-other-sessions", jar: here });
  await story.step("the third is signed out", { get: "/get-session", jar: third });
  await story.step("here is still signed in", { get: "/get-session", jar: here });
  await story.step("end the others with a body", { post: "/revoke-other-sessions", jar: here, body: {} });
  await story.step("end the others, signed out", { post: "/revoke-other-sessions" });

  const own = (await list("its own name", here)).json?.[0]?.token;
  const before = here.clone();
  await revoke("its own", here, own);
  await story.step("its own is signed out", { get: "/get-session", jar: before });

  const fifth = await story.signIn("a fifth", "ann");
  const sixth = await story.signIn("a sixth", "ann");
  await story.step("end all", { post: "/revoke-sessions", jar: fifth });
  await story.step("the fifth is signed out", { get: "/get-session", jar: fifth.clone() });
  await story.step("the sixth is signed out", { get: "/get-session", jar: sixth });
  await story.step("end all, signed out", { post: "/revoke-sessions" });
  await story.step("end all with a body", { post: "/revoke-sessions", jar: await story.signIn("a seventh", "ann"), body: {} });
});

export const clients = scenario("session-clients", {}, async (story) => {
  const jar = await story.signUp("ann");
  const from = (step, headers) => story.signIn(step, "ann", { headers });
  await from("no address at all", { "x-forwarded-for": null });
  await from("a proxy's address", { "x-forwarded-for": "198.51.100.4" });
  await from("IPv6", { "x-forwarded-for": "2001:db8::1" });
  await from("no address that is one", { "x-forwarded-for": "nonsense" });
  await from("two addresses", { "x-forwarded-for": "203.0.113.9, 10.0.0.1" });
  await from("a long agent", { "user-agent": "a".repeat(300) });
  await story.step("all of them", { get: "/list-sessions", jar });
});
