// Checks a JSON Web Token with the public keys of whoever issued it (RFC 7519, RFC 8725), with Node alone.
import { createPublicKey, verify as verifySignature } from "node:crypto";

/** Doorkey's default. Never taken from the token: whoever wrote a token would choose how it is checked. */
const ALGORITHM = "EdDSA";
/** Keys are asked for again when a token names an unknown one, but not more often than this. */
const PAUSE_MS = 30_000;
/** And in any case after this time, so that a key that is withdrawn stops counting. */
const KEEP_MS = 10 * 60_000;

/** A function from a token to its claims, or null if they are not to be believed. Throws if no keys can be had. */
export function createVerifier({ jwks, issuer, audience, now = Date.now }) {
  let keys = new Map();
  let fetchedAt = -Infinity;

  async function keyOf(id) {
    const age = now() - fetchedAt;
    if (age > KEEP_MS || (!keys.has(id) && age > PAUSE_MS)) {
      const answer = await fetch(jwks, { signal: AbortSignal.timeout(5000) });
      if (!answer.ok) throw new Error(`the keys: ${answer.status}`);
      const set = await answer.json();
      keys = new Map(set.keys.map((key) => [key.kid, createPublicKey({ key, format: "jwk" })]));
      fetchedAt = now();
    }
    return keys.get(id);
  }

  return async function verify(token) {
    const parts = typeof token === "string" ? token.split(".") : [];
    if (parts.length !== 3) return null;
    const [header, claims] = [parse(parts[0]), parse(parts[1])];
    if (header?.alg !== ALGORITHM || header.crit !== undefined || typeof header.kid !== "string") return null;
    const key = await keyOf(header.kid);
    if (!key || key.asymmetricKeyType !== "ed25519") return null;
    const signed = Buffer.from(`${parts[0]}.${parts[1]}`);
    if (!verifySignature(null, signed, key, Buffer.from(parts[2], "base64url"))) return null;
    const audiences = [claims?.aud].flat();
    const good = claims?.iss === issuer && audiences.includes(audience) && claims.exp * 1000 > now();
    return good ? claims : null;
  };
}

function parse(part) {
  try {
    const value = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
