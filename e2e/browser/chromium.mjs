// Chromium, driven by playwright-core; what axe-core has to say about a page, and whether a page fits its screen.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";
import { temporaryFolder } from "../lib/folders.mjs";

const executablePath = process.env.DOORKEY_CHROMIUM ?? "/usr/bin/chromium";

/** Why what needs Chromium is skipped, or false; a run that requires it fails instead. */
export const withoutChromium =
  existsSync(executablePath) || process.env.DOORKEY_REQUIRE_CHROMIUM === "1" ? false : `${executablePath} is not there`;

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

/** Every screen that a page is looked at on; axe-core on two, which are both sizes and both schemes. */
const SCREENS = [
  { name: "phone-light", size: PHONE, colorScheme: "light", judged: true },
  { name: "phone-dark", size: PHONE, colorScheme: "dark" },
  { name: "desktop-light", size: DESKTOP, colorScheme: "light" },
  { name: "desktop-dark", size: DESKTOP, colorScheme: "dark", judged: true },
];

const ARGUMENTS = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync",
];
const options = (more) => ({ executablePath, args: [...ARGUMENTS, ...more], chromiumSandbox: process.getuid() !== 0 });

/** Start it, with `more` arguments; nothing of it asks the network for anything by itself. */
export const launch = (more = []) => chromium.launch(options(more));

/** Start it as somebody who has changed its settings: the one context of theirs, which ends it when it is closed. */
export function launchSet(preferences, more = []) {
  const folder = temporaryFolder("e2e-profile");
  mkdirSync(join(folder, "Default"));
  writeFileSync(join(folder, "Default/Preferences"), JSON.stringify(preferences));
  return chromium.launchPersistentContext(folder, options(more));
}

/**
 * No rule of axe-core is broken, those of WCAG 2.2 AA and its own best practices; `except` names rules that do not
 * hold for what is looked at. It is evaluated, not added as a script: no policy of the page can forbid that.
 */
async function assertAccessible(page, except) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const options = { rules: Object.fromEntries(except.map((rule) => [rule, { enabled: false }])) };
  const { violations, passes } = await page.evaluate((given) => globalThis.axe.run(document, given), options);
  const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`));
  assert.deepEqual(told, []);
  assert.ok(passes.some(({ id }) => id === "color-contrast"), "it saw text to judge");
}

/** Nothing stands out to the right: no scrolling sideways. */
export async function assertFits(page) {
  const [needed, given] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(needed <= given, `${needed} of ${given} points are needed`);
}

/**
 * The tab's page fits every screen and can be read by everybody there; pictures of that are named `name`. Of a page
 * that shows another within, `frame` is looked at in its place.
 */
export async function assertLooksWell(page, name, { except = [], frame = page } = {}) {
  for (const screen of SCREENS) {
    await page.setViewportSize(screen.size);
    await page.emulateMedia({ colorScheme: screen.colorScheme });
    await assertFits(frame);
    await picture(page, `${name}-${screen.name}`);
    if (screen.judged) await assertAccessible(frame, except);
  }
}

/** A picture into the folder DOORKEY_PICTURES, if that is set. */
export async function picture(page, name) {
  const folder = process.env.DOORKEY_PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}
