// Two transcripts of one story compared field by field, and the differences told apart: allowed or not.

/** What a field says that is not there. */
export const ABSENT = "<absent>";

/**
 * The differences between the reference's transcript and another one, in order:
 * [{scenario, step, title, field, reference, ours}].
 */
export function differences(scenario, reference, ours) {
  const theirs = new Map(reference.map((each) => [each.step, each]));
  const others = new Map(ours.map((each) => [each.step, each]));
  const found = [];
  for (const step of new Set([...theirs.keys(), ...others.keys()])) {
    const [a, b] = [theirs.get(step), others.get(step)];
    const title = (a ?? b).title;
    if (!a || !b) {
      found.push({ scenario, step, title, field: "the step", reference: a ? "told" : ABSENT, ours: b ? "told" : ABSENT });
      if (!a?.fields.error && !b?.fields.error) continue;
    }
    for (const field of new Set([...Object.keys(a?.fields ?? {}), ...Object.keys(b?.fields ?? {})])) {
      const [there, here] = [a, b].map((side) => (side && field in side.fields ? side.fields[field] : ABSENT));
      if (there !== here) found.push({ scenario, step, title, field, reference: there, ours: here });
    }
  }
  return found;
}

/**
 * Sort differences by the list of allowed ones (see differences.mjs): sets `allowed` of each to the id of the entry
 * that allows it, and counts what was seen. Returns {unexplained, unseen}; `unseen` are texts that name the parts of
 * entries that no difference matched.
 */
export function judge(found, allowances) {
  const seen = new Map();
  for (const difference of found) {
    const entry = allowances.find((each) => {
      const index = matching(each, difference);
      if (index < 0) return false;
      seen.set(`${each.id} ${index}`, true);
      return true;
    });
    difference.allowed = entry?.id;
  }
  const parts = allowances.flatMap((each) => each.changes.map((change, index) => ({ each, change, index })));
  const unseen = parts.filter(({ each, index }) => !seen.has(`${each.id} ${index}`));
  return {
    unexplained: found.filter((difference) => !difference.allowed),
    unseen: unseen.map(({ each, change }) => `${each.id}: ${change.field} ${change.reference} → ${change.ours}`),
  };
}

/** The index of the change of an entry that a difference is; -1 when it is none. */
function matching(entry, { scenario, step, title, field, reference, ours }) {
  if (!matches(entry.scenario, scenario) || !matches(entry.step, step) || !matches(entry.title, title)) return -1;
  return entry.changes.findIndex(
    (change) =>
      matches(change.field, field) &&
      matches(change.reference, reference) &&
      matches(change.ours, ours) &&
      (change.when?.(reference, ours) ?? true),
  );
}

/** A pattern is a value, an expression, a list of patterns, or undefined for anything. */
function matches(pattern, value) {
  if (pattern === undefined) return true;
  if (Array.isArray(pattern)) return pattern.some((each) => matches(each, value));
  if (pattern instanceof RegExp) return pattern.test(String(value));
  return pattern === value;
}
