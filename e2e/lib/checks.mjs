// What several tests check in the same words.
import assert from "node:assert/strict";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ISO_MILLIS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const USER_FIELDS = ["createdAt", "email", "emailVerified", "id", "image", "name", "updatedAt"];
const SESSION_FIELDS = ["createdAt", "expiresAt", "id", "ipAddress", "token", "updatedAt", "userAgent", "userId"];

/** `user` is exactly what the protocol's core gives, of a new account. `user` is parsed JSON, dates as text. */
export function assertUser(user, { name, email }) {
  assert.deepEqual(Object.keys(user).sort(), USER_FIELDS);
  assert.equal(user.name, name);
  assert.equal(user.email, email);
  assert.equal(user.emailVerified, false);
  assert.equal(user.image, null);
  assert.match(user.id, UUID);
  for (const field of ["createdAt", "updatedAt"]) assert.match(user[field], ISO_MILLIS, field);
}

/** `session` is exactly what the protocol's core gives, and lives for `days` from now. */
export function assertSession(session, { userId, userAgent, days }) {
  assert.deepEqual(Object.keys(session).sort(), SESSION_FIELDS);
  assert.equal(session.userId, userId);
  assert.equal(session.userAgent, userAgent);
  assert.equal(typeof session.ipAddress, "string");
  assert.equal(typeof session.token, "string");
  assert.match(session.id, UUID);
  for (const field of ["createdAt", "expiresAt", "updatedAt"]) assert.match(session[field], ISO_MILLIS, field);
  const life = Date.parse(session.expiresAt) - Date.parse(session.createdAt);
  assert.ok(Math.abs(life - days * 86_400_000) < 1000, `${session.expiresAt} is ${days} days after ${session.createdAt}`);
}

/** The stock client's {data, error} says success; returns data. */
export function success({ data, error }) {
  assert.equal(error, null, JSON.stringify(error));
  return data;
}

/** The stock client's {data, error} says this refusal. */
export function assertRefused({ data, error }, status, code) {
  assert.equal(data, null);
  assert.equal(error.status, status);
  assert.equal(error.code, code);
}

/** These Set-Cookie lines take the session's cookies away. */
export function assertCookiesCleared(setCookies) {
  for (const name of ["session_token", "session_data", "dont_remember"]) {
    const line = setCookies.find((each) => each.startsWith(`better-auth.${name}=;`));
    assert.match(line ?? `no ${name} in ${JSON.stringify(setCookies)}`, /; Max-Age=0(;|$)/);
  }
}
