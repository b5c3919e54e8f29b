// Temporary folders that are gone when this process is, however it ends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Make a folder; its name begins with `doorkey-KIND.`. */
export function temporaryFolder(kind) {
  const folder = mkdtempSync(join(tmpdir(), `doorkey-${kind}.`));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
