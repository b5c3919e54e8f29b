// Prints what is mailed, as it is mailed: Doorkey appends a line of JSON a mail to the file.
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";

const LOOK_EVERY_MS = 300;

/** Call `print` with some lines for every mail from now on. */
export function watchMails(file, print) {
  let read = existsSync(file) ? statSync(file).size : 0;
  let rest = "";
  setInterval(() => {
    const size = existsSync(file) ? statSync(file).size : 0;
    if (size <= read) return;
    const bytes = Buffer.alloc(size - read);
    const descriptor = openSync(file, "r");
    readSync(descriptor, bytes, 0, bytes.length, read);
    closeSync(descriptor);
    read = size;
    const lines = (rest + bytes.toString("utf8")).split("\n");
    rest = lines.pop();
    for (const line of lines) show(JSON.parse(line), print);
  }, LOOK_EVERY_MS);
}

function show({ to, subject, text }, print) {
  print(`to ${to}: ${subject}`);
  for (const link of text.match(/https?:\/\/\S+/g) ?? []) print(`  ${link}`);
}
