// An answer as a flat list of fields, each of which two servers must agree on: `status`, `header.NAME`,
// `cookie.NAME` (its value and attributes in one line), `body…` by path, `mail[KIND to ADDRESS]`.
import { parseSetCookie } from "./jar.mjs";

/** Of the connection and the moment, not of the protocol. */
const TRANSPORT = new Set(["connection", "content-length", "date", "keep-alive", "transfer-encoding"]);

/** Turn the raw answer of a step into its fields; `values` belongs to the story, `mails` came in during the step. */
export function fields(raw, { values, step, mails }) {
  const flat = { status: raw.status };
  const cookies = raw.setCookies.map(parseSetCookie);
  // First, since they say which values of the body are session tokens.
  const tokens = cookies.filter(({ name }) => name.endsWith("session_token"));
  for (const cookie of tokens) values.signed(cookie.value, ["cookie", cookie.name], step);
  if (raw.json !== undefined) spread(flat, "body", values.json(raw.json, ["body"], step));
  else if (raw.text !== "") flat.body = values.text(raw.text);
  for (const [name, value] of raw.headers) {
    if (!TRANSPORT.has(name)) spread(flat, `header.${name}`, header(name, value, values, step));
  }
  for (const cookie of cookies) cookieFields(flat, cookie, values, step);
  for (const mail of mails) flat[`mail[${mail.kind} to ${mail.to}]`] = mailLine(mail, values, step);
  return flat;
}

/** A value's leaves, each by its path below `path`; an empty object or list is a leaf. */
export function spread(flat, path, value) {
  const entries = value !== null && typeof value === "object" ? Object.entries(value) : [];
  if (entries.length === 0) flat[path] = value !== null && typeof value === "object" ? JSON.stringify(value) : value;
  for (const [key, each] of entries) spread(flat, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, each);
}

function header(name, value, values, step) {
  if (name === "location") return location(value, values, step);
  if (name === "set-auth-token") return values.signed(value, ["header", name], step);
  if (/^(?:x-)?retry-after$/.test(name)) return value.replace(/^\d+$/, "<seconds>");
  if (name === "set-auth-jwt") return values.jwt(value, ["header", name], step);
  return values.text(value);
}

/** A redirect's target; a `token` in its query is one that was mailed. */
function location(value, values, step) {
  return values.text(value).replace(/([?&]token=)([^&#]+)/, (_, before, token) => before + values.name(token, `${step}: location`));
}

/** Of several cookies of one name a browser keeps the last: the others are what was set earlier. */
function cookieFields(flat, { name, value, attributes }, values, step) {
  const field = `cookie.${name}`;
  if (field in flat) flat[`earlier cookie.${name}`] = flat[field];
  for (const each of Object.keys(flat)) if (each.startsWith(`${field}.`)) delete flat[each];
  const said = Object.entries(attributes).map(([key, text]) => (text === "" ? key : `${key}=${text}`));
  flat[field] = [cookieValue(name, value, values, step), ...said.sort()].join("; ");
  if (name.endsWith("session_data") && value !== "") spread(flat, field, values.sessionData(value, ["cookie", name], step));
}

function cookieValue(name, value, values, step) {
  if (value === "") return "<empty>";
  if (name.endsWith("session_token") || name.endsWith("dont_remember")) return values.signed(value, ["cookie", name], step);
  return "<a value>";
}

function mailLine({ kind, to, link }, values, step) {
  if (!link) return "no link";
  // The reference's verification tokens are JWTs: two of one second are the same, so which one it is says nothing.
  const token = kind === "verify-email" ? "TOKEN" : values.name(link.token, `${step}: mail to ${to}`);
  return values.text(link.url).replace(link.token, token);
}
