// Reads what Doorkey mailed: a line of JSON a mail.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const DEADLINE_MS = 5_000;

/** The function that gives the newest mail to an address whose subject matches, once it is there; each is given once. */
export function mailbox(file) {
  const given = new Set();
  return async function mailTo(to, subject) {
    const deadline = Date.now() + DEADLINE_MS;
    while (Date.now() < deadline) {
      for (const line of linesOf(file).reverse()) {
        const mail = JSON.parse(line);
        if (given.has(line) || mail.to !== to || !subject.test(mail.subject)) continue;
        given.add(line);
        return { ...mail, link: mail.text.match(/https?:\/\/\S+/)?.[0] };
      }
      await sleep(50);
    }
    throw new Error(`no mail ${subject} to ${to}; there are ${linesOf(file).map((line) => JSON.parse(line).subject)}`);
  };
}

function linesOf(file) {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch {
    return [];
  }
}
