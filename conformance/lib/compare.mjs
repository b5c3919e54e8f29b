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
 * The fields of one side to compare with the other's. Bodies of different statuses are compared as wholes, and what
 * is in a cookie only where both sides set it.
 */
function whole(fields, other) {
  if (!fields) return { "the step": "not told" };
  if (!other) return { "the step": fields.error ?? "told" };
  const merged = {};
  const body = [];
  for (const [field, value] of Object.entries(fields)) {
    const cookie = /^cookie\.(?:__Secure-)?[\w-]+\.[\w-]+(?: \(\d+\))?/.exec(field)?.[0];
    if (cookie && !(cookie in other)) merged[cookie] = fields[cookie];
    else if (/^body/.test(field) && fields.status !== other.status) body.push(`${field.replace(/^body\.?/, "")}=${JSON.stringify(value)}`);
    else merged[field] = value;
  }
  if (body.length > 0) merged.body = body.join(" ").replace(/^=/, "");
  return merged;
}

function compareFields(a, b) {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const value = (side, name) => (name in side ? side[name] : ABSENT);
  const found = names.map((field) => ({ field, reference: value(a, field), ours: value(b, field) }));
  return found.filter(({ reference, ours }) => reference !== ours);
}

/**
 * Sort differences by the list of allowed ones (see differences.mjs): sets `allowed` of each to the id of the entry
 * that allows it. Returns {unexplained, unseen}; `unseen` are texts that name the parts of entries that no difference
 * matched.
 */
export function judge(found, allowances) {
  const seen = new Set();
  for (const difference of found) {
    for (const entry of allowances) {
      const change = entry.changes.find((each) => covers(entry, each, difference));
      if (!change) continue;
      seen.add(change);
      difference.allowed ??= entry.id;
    }
  }
  const unseen = allowances.flatMap((entry) => entry.changes.filter((change) => !seen.has(change)).map((change) => ({ entry, change })));
  return {
    unexplained: found.filter((difference) => !difference.allowed),
    unseen: unseen.map(({ entry, change }) => `${entry.id}: ${change.field}: ${change.reference} → ${change.ours}`),
  };
}

function covers(entry, change, difference) {
  const where = { scenario: entry.scenario, step: entry.step, title: entry.title, status: entry.status };
  return (
    Object.entries({ ...where, ...change }).every(([name, pattern]) => name === "when" || matches(pattern, difference[name])) &&
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
