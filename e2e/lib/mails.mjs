// The mails of a stack, as they arrive: from the outbox of `MAIL_URL=file:mails.jsonl`, or in a mail server.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { secret } from "./secrets.mjs";

/** The setting that every stack has, unless a test says otherwise: mails go into a file of the stack's folder. */
export const OUTBOX = { MAIL_URL: "file:mails.jsonl" };

/** Mails go out after the answer; a mail server takes a moment. */
const DEADLINE_MS = 15_000;

/** Mails in the order they came, each handed out once by `next`. */
class Mails {
  #seen = new Set();

  /** The next mail to an address: of several, the oldest not handed out yet whose subject matches. */
  async next(address, subject = /./) {
    const deadline = Date.now() + DEADLINE_MS;
    while (Date.now() < deadline) {
      const found = this.to(address).find((mail) => !this.#seen.has(mail.id) && subject.test(mail.subject));
      if (found) {
        this.#seen.add(found.id);
        return found;
      }
      await sleep(20);
    }
    const there = this.to(address).map((mail) => mail.subject);
    throw new Error(`no mail matches ${subject}; of ${there.length} there: ${there.join("; ")}`);
  }

  /** Every mail to an address so far: {id, to, subject, text, html}. */
  to(address) {
    return this.all().filter((mail) => mail.to === address);
  }
}

/** Of a stack. */
export class Outbox extends Mails {
  constructor(stack) {
    super();
    this.stack = stack;
  }

  all() {
    const file = join(this.stack.folder, OUTBOX.MAIL_URL.slice("file:".length));
    if (!existsSync(file)) return [];
    // What stands behind the last line's end is being written.
    const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
    return lines.map((line, id) => ({ id, ...JSON.parse(line) }));
  }
}

/** Of the mail server that `scripts/smtp-sink` started: everybody's who uses it. */
export class Sink extends Mails {
  constructor(url) {
    super();
    this.folder = join(dirname(new URL(url).searchParams.get("ca")), "mails");
  }

  all() {
    const names = readdirSync(this.folder).filter((name) => name.endsWith(".json"));
    return names.sort().map((id) => {
      const mail = JSON.parse(readFileSync(join(this.folder, id), "utf8"));
      return { ...mail, id, to: mail.to[0], subject: mail.headers.subject };
    });
  }
}

/** Of the stand-in of Resend that `scripts/egress.py` is: what it was sent, a file each. */
export class Resent extends Mails {
  constructor(folder) {
    super();
    this.folder = folder;
  }

  all() {
    const names = readdirSync(this.folder).filter((name) => name.endsWith(".json"));
    return names.sort().map((id) => {
      const mail = JSON.parse(readFileSync(join(this.folder, id), "utf8"));
      return { ...mail, id, to: mail.to[0] };
    });
  }
}

/** The one link of a mail, as its text has it; the token in it is noted as a secret. */
export function linkOf(mail) {
  const links = mail.text.match(/^https?:\S+$/gm) ?? [];
  if (links.length !== 1) throw new Error(`${links.length} links in “${mail.subject}”`);
  const url = new URL(links[0]);
  const token = secret(url.searchParams.get("token") ?? url.pathname.split("/").at(-1));
  secret(createHash("sha256").update(token).digest("hex"));
  return links[0];
}

/** The link of a mail that asks for a new password ends on a page with the token in its query: that token. */
export const tokenOf = (location) => new URL(location).searchParams.get("token");
