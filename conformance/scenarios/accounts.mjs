// Accounts at providers, where no provider is set up.
import { scenario } from "../lib/story.mjs";

export default scenario("accounts", {}, async (story) => {
  const jar = await story.signUp("ann");
  const [account] = (await story.step("the list", { get: "/list-accounts", jar })).json ?? [];
  await story.step("the list, signed out", { get: "/list-accounts" });
  await story.step("the list by POST", { post: "/list-accounts", jar, body: {} });

  const unlink = (step, body, more) => story.step(step, { post: "/unlink-account", jar, body, ...more });
  await unlink("unlink the only one", { accountId: account?.id });
  await unlink("unlink by the provider's id", { accountId: account?.accountId });
  await unlink("unlink an unknown one", { accountId: "unknown" });
  await unlink("unlink an empty one", { accountId: "" });
  await unlink("unlink by provider and account", { providerId: "credential", accountId: account?.accountId });
  await unlink("unlink by provider alone", { providerId: "github" });
  await unlink("unlink, signed out", { accountId: "unknown" }, { jar: undefined });
  await unlink("unlink, signed out, nothing", {}, { jar: undefined });

  const info = (step, query, more) => story.step(step, { get: `/account-info${query}`, jar, ...more });
  await info("info without a query", "");
  await info("info of the credential", `?accountId=${account?.id}`);
  await info("info by the provider's id", `?accountId=${account?.accountId}`);
  await info("info of an unknown one", "?accountId=unknown");
  await info("info of an empty one", "?accountId=");
  await info("info by provider", "?providerId=github");
  await info("info by provider and account", "?accountId=unknown&providerId=github");
  await info("info of another user", `?accountId=${account?.id}&userId=other`);
  await info("info of two at once", "?accountId=a&accountId=b");
  await info("info, signed out", "?accountId=unknown", { jar: undefined });
  await info("info, signed out, no query", "", { jar: undefined });
});

export const tokens = scenario("provider-tokens", {}, async (story) => {
  const jar = await story.signUp("ann");
  const [account] = (await story.step("the list", { get: "/list-accounts", jar })).json ?? [];
  const bodies = {
    "the credential": { accountId: account?.id },
    "the provider's id": { accountId: account?.accountId },
    "an unknown one": { accountId: "unknown" },
    "an empty one": { accountId: "" },
    "a number": { accountId: 5 },
    "the account cookie": { useAccountCookie: true },
    "no account cookie": { useAccountCookie: false },
    "two ways at once": { accountId: "unknown", useAccountCookie: true },
    "another user's": { accountId: account?.id, userId: "other" },
    "a provider": { providerId: "github" },
    "a provider and an account": { providerId: "github", accountId: "unknown" },
    nothing: {},
  };
  for (const path of ["/refresh-token", "/get-access-token"]) {
    for (const [what, body] of Object.entries(bodies)) {
      await story.step(`${path}: ${what}`, { post: path, jar, body });
      await story.step(`${path}: ${what}, signed out`, { post: path, body });
    }
    await story.step(`${path}: no body`, { post: path, jar });
  }
});

export const social = scenario("social", {}, async (story) => {
  const jar = await story.signUp("ann");
  const bodies = {
    "an unknown provider": { provider: "nowhere" },
    "a provider that is not set up": { provider: "github", callbackURL: "/done" },
    "an empty provider": { provider: "" },
    "no provider": {},
    "a provider that is a number": { provider: 5 },
    "a foreign callbackURL": { provider: "github", callbackURL: "https://evil.example/" },
    "a foreign errorCallbackURL": { provider: "github", errorCallbackURL: "https://evil.example/" },
    "a foreign newUserCallbackURL": { provider: "github", newUserCallbackURL: "https://evil.example/" },
    "an id token": { provider: "google", idToken: { token: "x" } },
    "an id token that is text": { provider: "google", idToken: "x" },
    "scopes that are text": { provider: "github", scopes: "x" },
    "not to be redirected": { provider: "github", disableRedirect: true },
  };
  for (const [what, body] of Object.entries(bodies)) {
    await story.step(`sign in: ${what}`, { post: "/sign-in/social", body });
    await story.step(`link: ${what}`, { post: "/link-social", jar, body });
  }
  await story.step("sign in: no body", { post: "/sign-in/social" });
  await story.step("link: no body", { post: "/link-social", jar });
  await story.step("link, signed out", { post: "/link-social", body: { provider: "nowhere" } });
  await story.step("link, signed out, nothing", { post: "/link-social", body: {} });
  await story.step("callback without a query", { get: "/callback/nowhere" });
  await story.step("callback with code and state", { get: "/callback/nowhere?code=x&state=y" });
  await story.step("callback with an error", { get: "/callback/nowhere?error=denied&state=x" });
});
