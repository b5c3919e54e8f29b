export function report(results, { unexplained, unseen }) {
  let last;
  for (const d of unexplained) {
    const at = `${d.scenario} › ${d.step}`;
    if (at !== last) console.log(`\n${at}  (${d.title})`);
    last = at;
    console.log(`   ${d.field}: ${JSON.stringify(d.reference)?.slice(0, 300)} → ${JSON.stringify(d.ours)?.slice(0, 300)}`);
  }
  const steps = results.reduce((n, r) => n + r.steps, 0);
  console.log(`${results.length} stories, ${steps} steps, ${unexplained.length} unexplained, unseen ${unseen.length}`);
}
