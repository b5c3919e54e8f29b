// A cookie jar as small as one origin needs, and the reading of Set-Cookie lines (RFC 6265).
import { secretCookie } from "./secrets.mjs";

/** The name of the session's cookie on plain http. */
export const SESSION = "better-auth.session_token";

/** Read a Set-Cookie line: {name, value, attributes}, attributes as a sorted list of the text between semicolons. */
export function parseSetCookie(line) {
  const [pair, ...attributes] = line.split(";").map((part) => part.trim());
  const cut = pair.indexOf("=");
  return { name: pair.slice(0, cut), value: pair.slice(cut + 1), attributes: attributes.sort() };
}

/** The value of an attribute, without regard to case; "" for one without a value, undefined when it is not there. */
export function attribute(cookie, name) {
  const found = cookie.attributes.find((each) => each.split("=")[0].toLowerCase() === name.toLowerCase());
  return found?.includes("=") ? found.slice(found.indexOf("=") + 1) : found && "";
}

function expires(cookie) {
  const maxAge = attribute(cookie, "Max-Age");
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const date = attribute(cookie, "Expires");
  return date !== undefined && Date.parse(date) <= Date.now();
}

/** One origin's cookies. Every value that comes in is noted as a secret. */
export class CookieJar {
  #cookies = new Map();

  /** Every session token that a cookie of this jar ever held. */
  tokens = [];

  /** Take a Set-Cookie line. */
  take(line) {
    const cookie = parseSetCookie(line);
    if (expires(cookie) || cookie.value === "") {
      this.#cookies.delete(cookie.name);
      return;
    }
    const token = secretCookie(cookie.value);
    if (cookie.name.endsWith(SESSION)) this.tokens.push(token);
    this.#cookies.set(cookie.name, cookie);
  }

  /** The cookie of that name, as parseSetCookie gave it. */
  get(name) {
    return this.#cookies.get(name);
  }

  /** The Cookie header, or undefined when the jar is empty. */
  header() {
    if (this.#cookies.size === 0) return undefined;
    return [...this.#cookies.values()].map(({ name, value }) => `${name}=${value}`).join("; ");
  }
}
