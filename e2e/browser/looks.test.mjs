// What people see of the service itself, its mails and its own pages, on a phone and a desktop, light and dark.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { temporaryFolder } from "../lib/folders.mjs";
import { newKey } from "../lib/secrets.mjs";
import { programPath } from "../lib/servers.mjs";
import { describeOnServer, FRONTEND } from "../lib/setups.mjs";
import { assertFits, assertLooksWell, launch, PHONE, withoutChromium } from "./chromium.mjs";

// A mail stands within the page of a mail program, which has landmarks of its own.
const IN_A_MAIL_PROGRAM = { except: ["region", "landmark-one-main"] };

const MAILS = 8;

const PAGES = {
  "error-link": "/api/auth/error?error=TOKEN_EXPIRED",
  "error-other": "/api/auth/error?error=STATE_MISMATCH",
  reference: "/api/auth/reference",
};

describe("mails, looked at", { skip: withoutChromium, timeout: 120_000 }, () => {
  const folder = temporaryFolder("e2e-mails");
  const env = { FRONTEND_URL: FRONTEND, SECRET_KEY: newKey(), SERVICE_NAME: "Example" };
  const html = (file) => readFileSync(join(folder, file), "utf8");
  let chromium;
  let page;

  before(async () => {
    execFileSync(programPath("examples/mails"), [folder], { env, cwd: folder });
    chromium = await launch();
    page = await chromium.newPage();
  });
  after(() => chromium?.close());

  it(`each of the ${MAILS} fits, and can be read by everybody`, async () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".html"));
    assert.equal(files.length, MAILS);
    for (const file of files) {
      await page.setContent(html(file));
      await assertLooksWell(page, file.replace(".html", ""), IN_A_MAIL_PROGRAM);
    }
  });

  it("can be read where a mail program drops the style sheet, too", async () => {
    await page.setContent(html("reset-password.html").replace(/<style>.*?<\/style>/s, ""));
    await assertLooksWell(page, "plain", IN_A_MAIL_PROGRAM);
  });
});

if (withoutChromium) it("pages, looked at", { skip: withoutChromium });
else describeOnServer("pages, looked at", (stack) => {
  let chromium;
  let page;

  before(async () => {
    chromium = await launch();
    page = await chromium.newPage();
  });
  after(() => chromium?.close());

  for (const [name, path] of Object.entries(PAGES)) {
    it(`${name} fits, and can be read by everybody`, async () => {
      const said = [];
      page.on("console", (message) => said.push(message.text()));
      await page.goto(stack.origin + path);
      assert.deepEqual(said, [], "its own policy lets its styles in");
      await assertLooksWell(page, name);
    });
  }

  it("the reference's entries open by a key, and fit and can be read open, too", async () => {
    await page.goto(stack.origin + PAGES.reference);
    for (const key of ["Tab", "Tab", "Enter"]) await page.keyboard.press(key);
    assert.equal(await page.locator("details[open]").count(), 1);
    // One of each function: all are made by one template.
    await page.evaluate(() => document.querySelectorAll("h2 + details").forEach((each) => (each.open = true)));
    await assertLooksWell(page, "reference-open");
    await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
    await page.setViewportSize(PHONE);
    await assertFits(page);
  });
}, { SERVICE_NAME: "Example" });
