// What a run says: every difference that nothing explains, then the counts.

/** How much of a value is printed. */
const MOST = 300;

const shown = (value) => {
  const text = JSON.stringify(value);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
};

/** Print what came of a run; returns whether all is well. */
export function report(title, results, { unexplained, unseen }) {
  let heading;
  for (const { scenario, step, title: request, field, reference, ours } of unexplained) {
    const next = `${scenario} › ${step}${request && ` (${request})`}`;
    if (next !== heading) console.log(`\n${next}`);
    heading = next;
    console.log(`    ${field}\n        there: ${shown(reference)}\n        here:  ${shown(ours)}`);
  }
  for (const each of unseen) console.log(`\nallowed and never seen: ${each}`);
  const steps = results.flatMap((result) => tally(result));
  const count = (kind) => steps.filter((each) => each === kind).length;
  console.log(`
${title}: ${results.length} scenarios, ${results.reduce((sum, each) => sum + each.steps, 0)} steps
    ${count("identical")} identical (added headers aside)
    ${count("allowed")} with allowed differences
    ${count("unexplained")} with unexplained differences (${unexplained.length} fields)
    ${unseen.length} allowances unseen`);
  return unexplained.length === 0 && unseen.length === 0;
}

/** What each step of a scenario is: "identical", "allowed" or "unexplained". */
function tally({ steps, differences }) {
  const worst = new Map();
  for (const { step, field, allowed } of differences) {
    const kind = !allowed ? 2 : field.startsWith("header.") ? 0 : 1;
    worst.set(step, Math.max(worst.get(step) ?? 0, kind));
  }
  const kinds = [...worst.values(), ...Array(Math.max(0, steps - worst.size)).fill(0)];
  return kinds.map((kind) => ["identical", "allowed", "unexplained"][kind]);
}
