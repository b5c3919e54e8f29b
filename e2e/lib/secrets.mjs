// What must appear in no log: every secret of a run is noted here, and `scripts/leaks` looks for each afterwards.
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";

const file = process.env.DOORKEY_E2E_SECRETS;
const noted = new Set();

/**
 * Note a secret, one line of the file in DOORKEY_E2E_SECRETS (when that is set); returns it.
 * Very short values are left out: they would be found anywhere.
 */
export function secret(value) {
  if (value.length >= 8 && !noted.has(value)) {
    noted.add(value);
    if (file) appendFileSync(file, `${value}\n`, { mode: 0o600 });
  }
  return value;
}

/** Note a signed cookie value in all its forms; returns the token before the signature. */
export function secretCookie(value) {
  const plain = decodeURIComponent(value);
  const cut = plain.lastIndexOf(".");
  const token = cut < 0 ? plain : plain.slice(0, cut);
  secret(value);
  secret(plain);
  secret(plain.slice(cut + 1));
  secret(token);
  secret(createHash("sha256").update(token).digest("hex"));
  return token;
}

/** A password nobody else has. */
export const newPassword = () => secret(`pw ${randomBytes(12).toString("base64url")}`);

/** An address nobody else has. */
export const newEmail = (name) => secret(`${name}.${randomBytes(6).toString("hex")}@example.com`);

/** A signing key, as an operator would make it. */
export const newKey = () => secret(randomBytes(32).toString("base64"));
