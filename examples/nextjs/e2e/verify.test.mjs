// Whom the chat's back end believes (echo/verify.mjs): nobody but the issuer, about itself, for now.
import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { createVerifier } from "../echo/verify.mjs";

const ISSUER = "https://app.example.com";
const AUDIENCE = "https://chat.example.com";
const pair = (kid) => ({ kid, ...generateKeyPairSync("ed25519") });
const published = [pair("one")];
let asked = 0;
let time = 1_800_000_000_000;
let verify;

const server = createServer((_, response) => {
  asked += 1;
  response.end(JSON.stringify({ keys: published.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: "jwk" }), kid })) }));
});
before(async () => {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const jwks = `http://127.0.0.1:${server.address().port}/`;
  verify = createVerifier({ jwks, issuer: ISSUER, audience: AUDIENCE, now: () => time });
});
after(() => server.close());

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = (other = {}) => ({ sub: "u1", name: "Ann", iss: ISSUER, aud: AUDIENCE, exp: time / 1000 + 60, ...other });
function token(payload = claims(), { key = published[0], header = {} } = {}) {
  const signed = `${part({ alg: "EdDSA", kid: key.kid, ...header })}.${part(payload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key.privateKey).toString("base64url")}`;
}

test("a good token is believed, and the keys are asked for once", async () => {
  assert.equal((await verify(token())).sub, "u1");
  assert.equal((await verify(token(claims({ aud: ["https://other.example", AUDIENCE] })))).sub, "u1");
  assert.equal(asked, 1);
});

test("what is not for us, not by the issuer, over, or no token at all is not believed", async () => {
  const bad = [
    undefined, "", "a.b", "a.b.c", "..", `${token()}x`,
    token(claims({ aud: "https://other.example" })), token(claims({ iss: "https://other.example" })),
    token(claims({ aud: undefined })), token(claims({ exp: time / 1000 })), token(claims({ exp: undefined })), token(null),
    token(claims(), { header: { alg: "none" } }), token(claims(), { header: { crit: ["x"] } }), token(claims(), { header: { kid: 1 } }),
    token(claims(), { key: { ...pair("one") } }),
    token().replace(/\.[^.]*\./, `.${part(claims({ sub: "u2" }))}.`),
    token().replace(/[^.]*$/, ""),
  ];
  for (const each of bad) assert.equal(await verify(each), null, each);
});

test("the algorithm is ours to choose: a public key is no shared secret", async () => {
  const signed = `${part({ alg: "HS256", kid: "one" })}.${part(claims())}`;
  const secret = published[0].publicKey.export({ format: "pem", type: "spki" });
  assert.equal(await verify(`${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`), null);
});

test("a new key is found, but unknown ones do not make us ask each time; a withdrawn one stops counting", async () => {
  const two = pair("two");
  published.push(two);
  time += 31_000;
  const before = asked;
  assert.equal((await verify(token(claims(), { key: two }))).sub, "u1");
  for (let each = 0; each < 5; each += 1) assert.equal(await verify(token(claims(), { key: pair(`made-up-${each}`) })), null);
  assert.equal(asked, before + 1);
  const [one] = published.splice(0, 1);
  time += 11 * 60_000;
  assert.equal(await verify(token(claims(), { key: one })), null);
});
