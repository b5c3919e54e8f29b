// Which page a request comes from, and where it wants to go.
import { PASSWORD, scenario } from "../lib/story.mjs";

const EVIL = "https://evil.example";

export default scenario("origins", {}, async (story) => {
  const jar = await story.signUp("ann", { origin: null });
  const credentials = { email: story.email("ann"), password: PASSWORD };
  const into = (step, more) => story.step(step, { post: "/sign-in/email", body: credentials, ...more });
  const update = (step, more) => story.step(step, { post: "/update-user", body: { name: "Ann" }, jar, ...more });

  await into("sign in, no page at all", { origin: null });
  await into("sign in, a fetch without an Origin", { origin: null, headers: { "sec-fetch-mode": "cors" } });
  await into("sign in, a fetch of the same site", { headers: { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" } });
  await into("sign in, a fetch of another site", { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" } });
  await into("sign in, a form of another site", { origin: null, headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } });
  await into("sign in, a form of the same site", { origin: null, headers: { "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" } });
  await into("sign in, a foreign page", { origin: EVIL });
  await into("sign in, a page without an origin", { origin: "null" });
  await into("sign in, a foreign Referer", { origin: null, headers: { referer: `${EVIL}/x` } });
  await into("sign in, our Referer", { origin: null, headers: { referer: `${story.frontend}/login` } });
  await into("sign in, our page and a foreign Referer", { headers: { referer: `${EVIL}/x` } });
  await into("sign in, a foreign page, any cookie", { origin: EVIL, headers: { cookie: "a=b" } });
  await into("sign in, no page, any cookie", { origin: null, headers: { cookie: "a=b" } });
  await story.step("sign up, a foreign page", { post: "/sign-up/email", origin: EVIL, body: { ...credentials, name: "Ann", email: story.email("evil") } });

  await update("change, our page");
  await update("change, no page", { origin: null });
  await update("change, a foreign page", { origin: EVIL });
  await update("change, a page without an origin", { origin: "null" });
  await update("change, our Referer", { origin: null, headers: { referer: `${story.frontend}/profile` } });
  await update("change, a foreign Referer", { origin: null, headers: { referer: `${EVIL}/x` } });
  await update("change, the server's own page", { origin: story.target.origin });
  await update("change, a page that looks like ours", { origin: `${story.frontend}.evil.example` });
  await update("change, our page by another scheme", { origin: story.frontend.replace("http:", "https:") });
  await update("change, our page in capitals", { origin: story.frontend.toUpperCase() });
  await update("change, a foreign page, no cookie", { origin: EVIL, jar: undefined });
  await update("change, no page, no cookie", { origin: null, jar: undefined });

  const others = { "/change-password": {}, "/delete-user": {}, "/revoke-sessions": undefined, "/sign-out": undefined, "/send-verification-email": {} };
  for (const [path, body] of Object.entries(others)) {
    await story.step(`${path}, no page`, { post: path, jar: jar.clone(), body, origin: null });
    await story.step(`${path}, a foreign page`, { post: path, jar: jar.clone(), body, origin: EVIL });
  }
  await story.step("reset, a foreign page, no cookie", { post: "/request-password-reset", origin: EVIL, body: { email: credentials.email } });
  await story.step("reset, no page, no cookie", { post: "/request-password-reset", origin: null, body: { email: story.email("nobody") } });
  await story.step("reading, a foreign page", { get: "/list-sessions", jar, origin: EVIL });
});

export const callbacks = scenario("callbacks", {}, async (story) => {
  await story.signUp("ann");
  const urls = {
    "a path": "/dashboard",
    "a path with a query": "/dashboard?tab=1&x=%2F",
    "a path with a fragment": "/dashboard#top",
    "a deep path": "/a/b-c/d_e.f",
    "the root": "/",
    "an absolute URL of ours": `${story.frontend}/dash`,
    "our origin alone": story.frontend,
    "the server itself": `${story.target.origin}/x`,
    "a foreign URL": `${EVIL}/`,
    "two slashes": "//evil.example/",
    "a backslash": "/\\evil.example/",
    "an encoded backslash": "/%5Cevil.example/",
    "an encoded slash": "/%2Fevil.example/",
    "no slash": "dash",
    "javascript:": "javascript:alert(1)",
    "data:": "data:text/html,x",
    "a host that looks like ours": `${story.frontend}.evil.example/`,
    "our host as a user": `http://localhost:3000@evil.example/`,
    "dots": "/../../x",
    "a space": "/a b",
    "a line break": "/a\nb",
    "a tab before": "\t/x",
    "an at sign": "/@evil.example",
    "a colon": "/x:y",
    "other letters": "/straße",
    "a number": 5,
    "a list": ["/x"],
  };
  for (const [what, callbackURL] of Object.entries(urls)) {
    await story.step(`sign-in, ${what}`, { post: "/sign-in/email", body: { email: story.email("ann"), password: "wrong-password", callbackURL } });
    await story.step(`reset, ${what}`, { post: "/request-password-reset", body: { email: story.email("nobody"), redirectTo: callbackURL } });
    if (typeof callbackURL !== "string") continue;
    await story.step(`verify, ${what}`, { get: `/verify-email?token=bad&callbackURL=${encodeURIComponent(callbackURL)}` });
    await story.step(`reset link, ${what}`, { get: `/reset-password/bad?callbackURL=${encodeURIComponent(callbackURL)}` });
  }
  const wrong = { email: story.email("ann"), password: "wrong-password" };
  await story.step("a callbackURL in the query of a POST", { post: `/sign-in/email?callbackURL=${encodeURIComponent(EVIL)}`, body: wrong });
  await story.step("two callbackURLs", { get: "/verify-email?token=bad&callbackURL=/a&callbackURL=/b" });
});
