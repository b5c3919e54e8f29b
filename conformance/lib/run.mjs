// Tells every story to both sides and compares what they answered.
import { ABSENT, differences } from "./compare.mjs";
import { transcribe } from "./story.mjs";
import { startTarget } from "./targets.mjs";

/**
 * Tell all `stories` to `sides` (two names of targets, the reference first) on databases of that kind. Stories with
 * the same settings share a server, one after the other; `workers` groups run at once. Returns
 * [{scenario, steps, answers, differences}] in the order of the stories; `answers` are [title, status] of the other
 * side's steps.
 */
export async function compareAll(stories, sides, kind, workers = 3) {
  const groups = Map.groupBy ? Map.groupBy(stories, settingsOf) : groupBy(stories, settingsOf);
  const waiting = [...groups.values()];
  const results = new Map();
  const work = async () => {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      for (const result of await compareGroup(group, sides, kind)) results.set(result.scenario, result);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return stories.map((story) => results.get(story.name));
}

const settingsOf = (story) => JSON.stringify(story.settings);

function groupBy(list, key) {
  const groups = new Map();
  for (const each of list) groups.set(key(each), [...(groups.get(key(each)) ?? []), each]);
  return groups;
}

async function compareGroup(stories, sides, kind) {
  const targets = [];
  try {
    for (const side of sides) targets.push(await startTarget(side, stories[0].settings, kind));
    const results = [];
    for (const story of stories) {
      const reference = await transcribe(story, targets[0]);
      const ours = await transcribe(story, targets[1], reference);
      const answers = ours.filter(({ title }) => title).map(({ title, fields }) => [title, fields.status]);
      results.push({ scenario: story.name, steps: reference.length, answers, differences: differences(story.name, reference, ours) });
    }
    return results;
  } catch (error) {
    return stories.map((story) => ({ scenario: story.name, steps: 0, answers: [], differences: [brokenOff(story, error)] }));
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

/** A story that could not be told at all is one difference, which nothing allows. */
const brokenOff = (story, error) => ({
  scenario: story.name,
  step: "before the first step",
  title: "",
  field: "error",
  reference: ABSENT,
  ours: String(error?.stack ?? error),
});
