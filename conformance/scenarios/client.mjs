// The stock client, as an application calls it.
import { inferAdditionalFields } from "better-auth/client/plugins";
import { PASSWORD, scenario } from "../lib/story.mjs";

const NEXT = "another tractor 59 lagoon";

export default scenario("client", {}, async (story) => {
  const jar = story.jar();
  const call = story.client(jar);
  const email = story.email("ann");
  await call("signUp", (client) => client.signUp.email({ name: "Ann", email, password: PASSWORD, callbackURL: "/welcome" }));
  await call("getSession", (client) => client.getSession());
  await call("updateUser", (client) => client.updateUser({ name: "Anna" }));
  await call("listSessions", (client) => client.listSessions());
  await call("listAccounts", (client) => client.listAccounts());
  await call("sendVerificationEmail", (client) => client.sendVerificationEmail({ email, callbackURL: "/welcome" }));
  await call("verifyEmail", (client) => client.verifyEmail({ query: { token: story.link("verify-email", email).token } }));
  await call("getSession, verified", (client) => client.getSession());
  await call("changeEmail", (client) => client.changeEmail({ newEmail: story.email("new"), callbackURL: "/done" }));
  await call("changePassword", (client) => client.changePassword({ currentPassword: PASSWORD, newPassword: NEXT, revokeOtherSessions: true }));
  await call("changePassword, wrong", (client) => client.changePassword({ currentPassword: PASSWORD, newPassword: NEXT }));
  await call("requestPasswordReset", (client) => client.requestPasswordReset({ email, redirectTo: "/reset" }));
  await call("resetPassword", (client) => client.resetPassword({ newPassword: PASSWORD, token: story.link("reset-password", email).token }));
  await call("resetPassword, again", (client) => client.resetPassword({ newPassword: PASSWORD, token: story.link("reset-password", email).token }));
  await call("signIn, wrong", (client) => client.signIn.email({ email, password: "wrong-password" }));
  await call("signIn", (client) => client.signIn.email({ email, password: PASSWORD, rememberMe: true }));
  await call("revokeOtherSessions", (client) => client.revokeOtherSessions());
  await call("signIn.social", (client) => client.signIn.social({ provider: "github", callbackURL: "/done" }));
  await call("linkSocial", (client) => client.linkSocial({ provider: "github", callbackURL: "/done" }));
  await call("accountInfo", (client) => client.accountInfo({ query: { accountId: "unknown" } }));
  await call("getAccessToken", (client) => client.getAccessToken({ accountId: "unknown" }));
  await call("refreshToken", (client) => client.refreshToken({ accountId: "unknown" }));
  await call("unlinkAccount", (client) => client.unlinkAccount({ accountId: "unknown" }));
  await call("revokeSessions", (client) => client.revokeSessions());
  await call("getSession, revoked", (client) => client.getSession());
  await call("signIn again", (client) => client.signIn.email({ email, password: PASSWORD, rememberMe: false }));
  await call("signOut", (client) => client.signOut());
  await call("signOut again", (client) => client.signOut());
  await call("listSessions, signed out", (client) => client.listSessions());
  await call("signIn a last time", (client) => client.signIn.email({ email, password: PASSWORD }));
  await call("deleteUser", (client) => client.deleteUser({ password: PASSWORD }));
});

const DECLARED = { company: { type: "string", required: true }, age: { type: "number", required: false }, role: { type: "string", defaultValue: "user", input: false } };

export const fields = scenario("client-fields", { userFields: DECLARED }, async (story) => {
  const call = story.client(story.jar(), [inferAdditionalFields({ user: DECLARED })]);
  const ann = { name: "Ann", email: story.email("ann"), password: PASSWORD };
  await call("signUp without", (client) => client.signUp.email(ann));
  await call("signUp", (client) => client.signUp.email({ ...ann, company: "Acme", age: 41 }));
  await call("getSession", (client) => client.getSession());
  await call("updateUser", (client) => client.updateUser({ age: 42 }));
  await call("updateUser, role", (client) => client.updateUser({ role: "admin" }));
  await call("getSession, updated", (client) => client.getSession());
});
