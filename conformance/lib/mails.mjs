// The mails a server wrote into its file: {kind, to, link?: {url, token}}, whichever server it was.
import { existsSync, readFileSync } from "node:fs";

/** The paths of mailed links, and where the token stands in each. */
const LINKS = [
  ["verify-email", /\/api\/auth\/verify-email\?token=([^&\s]+)\S*/],
  ["reset-password", /\/api\/auth\/reset-password\/([^?\s]+)\S*/],
  ["delete-user", /\/api\/auth\/delete-user\/callback\?token=([^&\s]+)\S*/],
];

/** Mails without a link are told apart by their subjects; the reference names the one that it has. */
const NOTICES = [
  ["sign-up-attempt", /already|sign-up-attempt/i],
  ["password-changed", /password.*changed/i],
  ["email-change-requested", /given|requested/i],
  ["email-changed", /mail.*changed/i],
];

/** Read all mails in the file at `path` whose recipient passes `isMine`, in order. */
export function readMails(path, isMine) {
  if (!path || !existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  // A last line without an end is still being written.
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line)).filter((mail) => isMine(mail.to)).map(read);
}

function read(mail) {
  const text = mail.url ?? mail.text ?? "";
  for (const [kind, pattern] of LINKS) {
    const found = new RegExp(`https?://[^/\\s]+${pattern.source}`).exec(text);
    if (found) return { kind, to: mail.to, link: { url: found[0], token: found[1] } };
  }
  return { kind: mail.kind ?? notice(mail.subject), to: mail.to };
}

const notice = (subject) => NOTICES.find(([, pattern]) => pattern.test(subject))?.[0] ?? `"${subject}"`;
