// docs/conformance.md, made from the list of differences.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const path = resolve(import.meta.dirname, "../../docs/conformance.md");

const HEAD = `# Conformance

\`scripts/conformance [sqlite|postgres|all|self]\` tells the same stories to Better Auth 1.7.25 on Node and to Doorkey, and
compares every answer: status, body, headers, cookies with their attributes, and the mails that were sent. Values that
are random or of the moment are compared by what they are: a session by where it was first seen, a time by how far it
is from now, a signature by whether it is right. A run takes about a minute for each kind of database, and fails on any
difference that is not in the table below, and on any entry of the table that it did not see. \`self\` compares Better
Auth with itself, which proves the comparison.

Better Auth runs with its own defaults (\`conformance/reference/server.mjs\`), with mail, changes of address and deletion
switched on, and with a plugin or an option where a story asks for it; Doorkey with the settings of the same meaning
(\`conformance/lib/settings.mjs\`), and without pages of its own, on which mailed links would end that name none.

## Where Doorkey differs, and why

This table is made from \`conformance/differences.mjs\` (\`node conformance/run.mjs --write-docs\`), which says of each
entry exactly which fields of which answers it allows. It may only shrink.

| difference | why |
|---|---|
`;

const page = (differences) => HEAD + differences.map(({ id, reason }) => `| \`${id}\` | ${reason.replaceAll("|", "\\|")} |\n`).join("");

/** Write the page anew. */
export const writeDocs = (differences) => writeFileSync(path, page(differences));

/** Whether the page says what the list says. */
export function docsAreRight(differences) {
  try {
    return readFileSync(path, "utf8") === page(differences);
  } catch {
    return false;
  }
}
