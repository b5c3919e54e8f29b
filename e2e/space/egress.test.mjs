// The example as in a Space: Doorkey and the app in a network that lets nothing out but to ports 80, 443 and 8080, with
// Postgres and the mail on 443, and browsers that come to its https address through a stand-in of the Space's edge.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { Resent } from "../lib/mails.mjs";
import { CLIENT, ORIGIN, startEdge } from "./edge.mjs";
import { describeJourney } from "./journey.mjs";
import { PLATFORM, startSpace } from "./space.mjs";

const {
  DOORKEY_SPACE_NETWORK: name, DOORKEY_SPACE_ADDRESS: host, DOORKEY_SPACE_MAILS: mails,
  DOORKEY_SPACE_CERTIFICATE: certificate, DATABASE_URL, DATABASE_URL_UNPOOLED, MAIL_URL,
} = process.env;

const skip = !name && "scripts/space makes the network: DOORKEY_SPACE_NETWORK is not set";

async function start() {
  const network = { enter: ["ip", "netns", "exec", name], host };
  const space = await startSpace({ env: { ...PLATFORM, DATABASE_URL, DATABASE_URL_UNPOOLED, MAIL_URL }, network });
  const edge = await startEdge(space, certificate);
  const stop = async () => {
    await edge.stop();
    await space.stop();
  };
  // Its pages are the same as elsewhere.
  const isLookedAt = false;
  return { origin: ORIGIN, space, mails: new Resent(mails), args: edge.args, isSecure: true, client: CLIENT, isLookedAt, stop };
}

function further(stack) {
  it("keeps its accounts in Postgres, which it reaches in a WebSocket; the log has no password", async () => {
    const health = await (await fetch(`http://${host}:7860/health?deep=1`)).json();
    assert.deepEqual([health.status, health.durable, health.checks.filter(({ ok }) => !ok)], ["ok", true, []]);
    const said = readFileSync(stack.space.log, "utf8");
    assert.match(said, /by WebSocket/);
    assert.ok(!said.includes(new URL(DATABASE_URL).password));
  });
}

describeJourney("a person on the example, in a Space", start, { skip, further });
