// Two transcripts of one story compared field by field, and the differences told apart: allowed or not.

/** What a field says that is not there. */
export const ABSENT = "<absent>";

/**
 * The differences between the reference's transcript and another one, in order:
 * [{scenario, step, title, status, field, reference, ours}]; `status` is the other one's.
 */
export function differences(scenario, reference, ours) {
  const theirs = new Map(reference.map((each) => [each.step, each]));
  const others = new Map(ours.map((each) => [each.step, each]));
  const steps = [...new Set([...theirs.keys(), ...others.keys()])];
  return steps.flatMap((step) => {
    const [a, b] = [theirs.get(step), others.get(step)];
    const found = compareFields(whole(a?.fields, b?.fields), whole(b?.fields, a?.fields));
    const where = { scenario, step, title: (a ?? b).title, status: b?.fields.status };
    return found.map((difference) => ({ ...where, ...difference }));
  });
}

/**
 * The fields of one side to compare with the other's. Bodies of different statuses, and those of which one is no
 * object, are compared as wholes; what is in a cookie is only where both sides set it.
 */
function whole(fields, other) {
  if (!fields) return { "the step": "not told" };
  if (!other) return { "the step": fields.error ?? "told" };
  const merged = {};
  const body = [];
  const isWhole = fields.status !== other.status || !hasMembers(fields) || !hasMembers(other);
  for (const [field, value] of Object.entries(fields)) {
    const cookie = /^cookie\.(?:__Secure-)?[\w-]+\.[\w-]+/.exec(field)?.[0];
    if (cookie && !isSet(other[cookie])) merged[cookie] = fields[cookie];
    else if (/^body/.test(field) && isWhole) body.push(member(field.slice("body".length), value));
    else merged[field] = value;
  }
  if (body.length > 0) merged.body = body.join(" ");
  return merged;
}

const member = (path, value) => (path === "" ? String(value) : `${path.replace(/^\./, "")}=${JSON.stringify(value)}`);
const hasMembers = (fields) => Object.keys(fields).some((field) => /^body[.[]/.test(field));
const hasBody = (fields) => "body" in fields || hasMembers(fields);
const isSet = (cookie) => cookie !== undefined && !cookie.startsWith("<empty>");

function compareFields(a, b) {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const value = (side, name) => (name in side ? side[name] : ABSENT);
  const found = names.map((field) => ({ field, reference: value(a, field), ours: value(b, field) }));
  return found.filter((each) => each.reference !== each.ours && !isImplied(each, a, b));
}

/**
 * What follows from another difference of the same step: an answer without a body has no type, and one that refuses
 * what the reference does sets no cookie, sends no mail and leads nowhere.
 */
function isImplied({ field, ours }, a, b) {
  if (field === "header.content-type") return hasBody(a) !== hasBody(b);
  return a.status < 400 && b.status >= 400 && ours === ABSENT && /^(?:cookie|earlier cookie|mail|header\.location)/.test(field);
}

/**
 * Sort differences by the list of allowed ones (see differences.mjs): sets `allowed` of each to the id of the entry
 * that allows it. Returns {unexplained, unseen}; `unseen` are texts that name what no difference needed: changes of
 * entries, and members of lists.
 */
export function judge(found, allowances) {
  for (const difference of found) {
    difference.allowed = allowances.find((entry) => entry.changes.some((each) => covers(entry, each, difference)))?.id;
  }
  const needs = allowances.flatMap(needsOf).filter(({ isMet }) => !found.some(isMet));
  return { unexplained: found.filter((difference) => !difference.allowed), unseen: needs.map(({ text }) => text) };
}

const WHERE = ["scenario", "step", "title", "status"];
const WHAT = ["field", "reference", "ours"];

/** What must have been seen for an entry to stay: each of its changes, and each member of a list of patterns. */
function needsOf(entry) {
  const text = (change, more = "") => `${entry.id}: ${change.field}: ${change.reference} → ${change.ours}${more}`;
  const whole = entry.changes.map((change) => ({ text: text(change), isMet: (each) => covers(entry, change, each) }));
  const places = listsIn(entry, WHERE).map(({ key, member }) => ({
    text: `${entry.id}: ${key} ${member}`,
    isMet: (each) => entry.changes.some((change) => covers({ ...entry, [key]: member }, change, each)),
  }));
  const members = entry.changes.flatMap((change) =>
    listsIn(change, [...WHERE, ...WHAT]).map(({ key, member }) => ({
      text: text(change, ` (${key}: ${member})`),
      isMet: (each) => covers(entry, { ...change, [key]: member }, each),
    })),
  );
  return [...whole, ...places, ...members];
}

const listsIn = (patterns, keys) =>
  keys.filter((key) => Array.isArray(patterns[key])).flatMap((key) => patterns[key].map((member) => ({ key, member })));

/** Whether a change of an entry, where the entry is, is that difference. */
function covers(entry, change, difference) {
  return (
    WHERE.every((key) => matches(entry[key], difference[key]) && matches(change[key], difference[key])) &&
    WHAT.every((key) => matches(change[key], difference[key])) &&
    (change.when?.(difference.reference, difference.ours) ?? true)
  );
}

/** A pattern is a value, an expression, a list of patterns, or undefined for anything. */
function matches(pattern, value) {
  if (pattern === undefined) return true;
  if (Array.isArray(pattern)) return pattern.some((each) => matches(each, value));
  if (pattern instanceof RegExp) return pattern.test(String(value));
  return pattern === value;
}

/** Throw unless every allowance is as narrow as it can be said: a reason, and three patterns for each change. */
export function checkAllowances(allowances) {
  const ids = new Set();
  for (const { id, reason, changes } of allowances) {
    if (ids.has(id)) throw new Error(`two allowances are named ${id}`);
    ids.add(id);
    if (!/^[A-Z].*\.$/.test(reason ?? "")) throw new Error(`${id} has no reason`);
    for (const change of changes) {
      for (const part of ["field", "reference", "ours"]) {
        if (change[part] === undefined) throw new Error(`${id}: a change has no ${part}`);
      }
    }
  }
}
