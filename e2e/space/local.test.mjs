// The example on a machine of one's own, as its README says: on SQLite in its folder, at plain http.
import { Outbox } from "../lib/mails.mjs";
import { describeJourney } from "./journey.mjs";
import { startSpace } from "./space.mjs";

describeJourney("a person on the example, on a machine of one's own", async () => {
  const space = await startSpace();
  return {
    origin: space.origin, space, mails: new Outbox(space), args: [], isSecure: false, client: "127.0.0.1", isLookedAt: true,
    stop: () => space.stop(),
  };
});
