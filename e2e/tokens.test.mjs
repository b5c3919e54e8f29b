// Tokens for other back ends: the stock client's jwt plugin gets one, and jose, which knows nothing of Doorkey but
// where its keys are, verifies it.
import assert from "node:assert/strict";
import { before, it } from "node:test";
import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";
import { calculateJwkThumbprint, createRemoteJWKSet, jwtVerify } from "jose";
import { Browser } from "./lib/browser.mjs";
import { assertRefused, success } from "./lib/checks.mjs";
import { newEmail, newPassword, secret } from "./lib/secrets.mjs";
import { describeEach, describeOnServer } from "./lib/setups.mjs";

const AUDIENCE = "https://api.example.com";

const tokens = (alg) => (stack) => {
  let browser, client, user;

  before(async () => {
    browser = new Browser(stack);
    client = createAuthClient({
      baseURL: stack.origin,
      plugins: [jwtClient()],
      fetchOptions: { customFetchImpl: (url, init) => browser.fetch(url, init) },
    });
    const account = { name: "Ann", email: newEmail("ann"), password: newPassword() };
    assertRefused(await client.token(), 401, "UNAUTHORIZED");
    ({ user } = success(await client.signUp.email(account)));
  });

  const verify = (token, options) => {
    const keys = createRemoteJWKSet(new URL(`${stack.origin}/api/auth/jwks`));
    return jwtVerify(token, keys, { algorithms: [alg], issuer: stack.origin, audience: AUDIENCE, ...options });
  };

  it("gives a token that jose verifies", async () => {
    const { token } = success(await client.token());
    secret(token);
    const { payload, protectedHeader } = await verify(token);
    assert.equal(protectedHeader.alg, alg);
    assert.equal(payload.exp - payload.iat, 900);
    const { iat, exp, iss, aud, sub, ...members } = payload;
    assert.equal(sub, user.id);
    assert.deepEqual(members, JSON.parse(JSON.stringify(user)));
  });

  it("gives none that is good elsewhere, or later", async () => {
    const { token } = success(await client.token());
    secret(token);
    await assert.rejects(verify(token, { audience: "https://evil.example" }), { claim: "aud" });
    await assert.rejects(verify(token, { issuer: "https://evil.example" }), { claim: "iss" });
    const later = new Date(Date.now() + 901_000);
    await assert.rejects(verify(token, { currentDate: later }), { code: "ERR_JWT_EXPIRED" });
  });

  it("publishes its keys, each named by its thumbprint", async () => {
    const { keys } = success(await client.jwks());
    assert.ok(keys.some((key) => key.alg === alg));
    for (const key of keys) assert.equal(key.kid, await calculateJwkThumbprint(key));
  });
};

describeEach("tokens", tokens("EdDSA"), { JWT_AUDIENCE: AUDIENCE });
for (const alg of ["ES256", "RS256"]) {
  describeOnServer(`tokens by ${alg}`, tokens(alg), { JWT_AUDIENCE: AUDIENCE, JWT_ALG: alg });
}
