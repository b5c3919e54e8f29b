// An idle program ends at once and with success when the platform asks it to.
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "./lib/folders.mjs";
import { FUNCTIONS } from "./lib/router.mjs";
import { newKey } from "./lib/secrets.mjs";
import { startProgram } from "./lib/servers.mjs";
import { FRONTEND } from "./lib/setups.mjs";

/** Open a connection, have one answer over it, and leave it open and idle. */
async function idleConnection(port) {
  const socket = net.connect(port, "127.0.0.1");
  socket.write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "data");
  return socket;
}

describe("shutdown", () => {
  const folder = temporaryFolder("e2e");
  const env = { FRONTEND_URL: FRONTEND, SECRET_KEY: newKey() };

  for (const [name, signal] of [["doorkey", "SIGTERM"], ["doorkey", "SIGINT"], ...FUNCTIONS.map((each) => [each, "SIGTERM"])]) {
    it(`${name} exits 0 within a second of ${signal}, an idle connection open`, async () => {
      const program = await startProgram(name, { env, folder });
      const socket = await idleConnection(program.port);
      try {
        program.signal(signal);
        const late = sleep(1000, "not within a second", { ref: false });
        assert.deepEqual(await Promise.race([program.ended, late]), { code: 0, signal: null });
      } finally {
        socket.destroy();
        await program.stop();
      }
    });
  }
});
