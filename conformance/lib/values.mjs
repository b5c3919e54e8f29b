// What a value is, said so that two servers' values can be compared: random ones by where they were first seen, times
// by how far they are from now, signed ones by what was signed.
import { createHmac } from "node:crypto";

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const JWT = /^[\w-]{2,}\.[\w-]{2,}\.[\w-]{2,}$/;
const MINUTE = 60;
/** Times further away than this are data, and compared as they are. */
const FAR_SECONDS = 400 * 86_400;
/** Members of JSON whose values are random names. */
const RANDOM = new Set(["id", "userId", "accountId", "token", "kid", "x", "jti", "sub"]);

export class Values {
  /** `target` is {origin, secret}. One instance a story, so that a name means the same in all its steps. */
  constructor(target) {
    this.target = target;
    this.firstSeen = new Map();
    /** Session tokens that a cookie of the story held: whoever knows one is signed in. */
    this.sessionTokens = new Set();
  }

  /** A random value by the place where the story saw it first: `place` when it is new. */
  name(value, place) {
    if (!this.firstSeen.has(value)) this.firstSeen.set(value, place);
    return this.firstSeen.get(value);
  }

  /** Any JSON value, at `path` of the step's answer; `step` is the step's name. */
  json(value, path, step) {
    if (value instanceof Date) return this.string(value.toISOString(), path, step);
    if (Array.isArray(value)) return value.map((each, i) => this.json(each, [...path, i], step));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.json(each, [...path, key], step)]));
    }
    if (typeof value === "number" && /At$/.test(path.at(-1))) return time(String(value), value / 1000);
    return typeof value === "string" ? this.string(value, path, step) : value;
  }

  string(value, path, step) {
    const key = path.at(-1);
    if (ISO_DATE.test(value)) return time(value, Date.parse(value) / 1000);
    if (value.startsWith("eyJ") && JWT.test(value)) return this.jwt(value, path, step);
    if (RANDOM.has(key) && value !== "") {
      const place = this.name(value, `${step}: ${path.join(".")}`);
      return this.sessionTokens.has(value) ? `<session token: ${place}>` : `<name: ${place}>`;
    }
    return this.text(value);
  }

  /** Text with this server's own addresses taken out. */
  text(value) {
    return value.replaceAll(this.target.origin, "<server>");
  }

  /** A JWT as {header, payload}: times relative, names by where they were first seen. */
  jwt(value, path, step) {
    const [header, payload] = value.split(".").slice(0, 2).map(fromBase64Url);
    if (!header || !payload) return "<not a JWT>";
    const times = Object.entries(payload).filter(([key]) => ["iat", "exp", "nbf"].includes(key));
    for (const [key, seconds] of times) payload[key] = time(String(seconds), seconds);
    return { header: this.json(header, [...path, "header"], step), payload: this.json(payload, [...path, "payload"], step) };
  }

  /** A signed cookie value as it is sent, percent-encoded: what was signed, and whether the signature is right. */
  signed(value, path, step) {
    const plain = decodeURIComponent(value);
    const cut = plain.lastIndexOf(".");
    const [what, signature] = [plain.slice(0, cut), plain.slice(cut + 1)];
    if (this.hmac(what, "base64") !== signature) return "<not signed>";
    if (what === "true") return "<signed: true>";
    this.sessionTokens.add(what);
    return `<signed session token: ${this.name(what, `${step}: ${path.join(".")}`)}>`;
  }

  hmac(text, encoding) {
    return createHmac("sha256", this.target.secret).update(text).digest(encoding);
  }

  /** A session_data cookie: what it holds, and whether the signature is right. */
  sessionData(value, path, step) {
    const data = fromBase64Url(decodeURIComponent(value));
    if (!data?.session) return "<not readable>";
    const right = this.hmac(JSON.stringify({ ...data.session, expiresAt: data.expiresAt }), "base64url");
    const { updatedAt, ...session } = data.session;
    return {
      signature: data.signature === right ? "<right>" : "<wrong>",
      expiresAt: time(String(data.expiresAt), data.expiresAt / 1000),
      updatedAt: time(String(updatedAt), updatedAt / 1000),
      ...this.json(session, [...path, "value"], step),
    };
  }
}

function time(text, seconds) {
  const away = seconds - Date.now() / 1000;
  if (!(Math.abs(away) < FAR_SECONDS)) return text;
  const minutes = Math.round(away / MINUTE);
  if (Math.abs(minutes) <= 1) return "<now>";
  const sign = minutes < 0 ? "-" : "+";
  const size = Math.abs(minutes);
  if (size % 1440 <= 1 || size % 1440 >= 1439) return `<now ${sign} ${Math.round(size / 1440)} d>`;
  return `<now ${sign} ${size} min>`;
}

function fromBase64Url(text) {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
