// An answer as a flat list of fields, each of which two servers must agree on: `status`, `header.NAME`, `cookie.NAME`
// and its attributes, `body…` by path, `mail[KIND to ADDRESS]…`.
import { parseSetCookie } from "./jar.mjs";

/** Of the connection and the moment, not of the protocol. */
const TRANSPORT = new Set(["connection", "content-length", "date", "keep-alive", "transfer-encoding"]);

/** Turn the raw answer of a step into its fields; `values` belongs to the story, `mails` came in during the step. */
export function fields(raw, { values, step, mails }) {
  const flat = { status: raw.status };
  // Cookies first: they say which values of the body are session tokens.
  cookies(flat, raw.setCookies.map(parseSetCookie), values, step);
  for (const [name, value] of raw.headers) {
    if (!TRANSPORT.has(name)) spread(flat, `header.${name}`, header(name, value, values, step));
  }
  if (raw.json !== undefined) spread(flat, "body", values.json(raw.json, ["body"], step));
  else if (raw.text !== "") flat.body = values.text(raw.text);
  for (const mail of mails) mailFields(flat, mail, values, step);
  return flat;
}

/** A value's leaves, each by its path below `path`; an empty object or list is a leaf. */
export function spread(flat, path, value) {
  const entries = value !== null && typeof value === "object" ? Object.entries(value) : [];
  if (entries.length === 0) flat[path] = Array.isArray(value) ? "[]" : value !== null && typeof value === "object" ? "{}" : value;
  for (const [key, each] of entries) spread(flat, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, each);
}

function header(name, value, values, step) {
  if (name === "location") return location(value, values, step);
  if (name === "set-auth-token") return values.signed(value, ["header", name], step);
  if (name === "set-auth-jwt") return values.jwt(value, ["header", name], step);
  return values.text(value);
}

/** A redirect's target; a `token` in its query is one that was mailed. */
function location(value, values, step) {
  return values.text(value).replace(/([?&]token=)([^&#]+)/, (_, before, token) => before + values.name(token, `${step}: location`));
}

function cookies(flat, list, values, step) {
  for (const { name, value, attributes } of list) {
    let field = `cookie.${name}`;
    for (let again = 2; field in flat; again += 1) field = `cookie.${name} (${again})`;
    spread(flat, field, cookieValue(name, value, values, step));
    for (const [attribute, text] of Object.entries(attributes)) flat[`${field}; ${attribute}`] = text;
  }
}

function cookieValue(name, value, values, step) {
  if (value === "") return "<empty>";
  if (name.endsWith("session_token") || name.endsWith("dont_remember")) return values.signed(value, ["cookie", name], step);
  if (name.endsWith("session_data")) return values.sessionData(value, ["cookie", name], step);
  return "<a value>";
}

function mailFields(flat, { kind, to, link }, values, step) {
  const field = `mail[${kind} to ${to}]`;
  flat[field] = "sent";
  if (link) flat[`${field}.link`] = values.text(link.url).replace(link.token, values.name(link.token, `${step}: ${field}`));
}
