// Chromium, driven by playwright-core; what axe-core has to say about a page, and whether a page fits its screen.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";

const executablePath = process.env.DOORKEY_CHROMIUM ?? "/usr/bin/chromium";

/** Why what needs Chromium is skipped, or false; a run that requires it fails instead. */
export const withoutChromium =
  existsSync(executablePath) || process.env.DOORKEY_REQUIRE_CHROMIUM === "1" ? false : `${executablePath} is not there`;

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

/** Every screen that a page is looked at on: {name, viewport, colorScheme}. */
export const SCREENS = Object.entries({ phone: PHONE, desktop: DESKTOP }).flatMap(([name, viewport]) =>
  ["light", "dark"].map((colorScheme) => ({ name: `${name}-${colorScheme}`, viewport, colorScheme })),
);

/** Start it; nothing of it asks the network for anything by itself. */
export function launch() {
  const args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  args.push("--disable-component-update", "--disable-sync");
  return chromium.launch({ executablePath, args, chromiumSandbox: process.getuid() !== 0 });
}

/**
 * No rule of axe-core is broken, those of WCAG 2.2 AA and its own best practices; `except` names rules that do not
 * hold for what is looked at. It is evaluated, not added as a script: no policy of the page can forbid that.
 */
export async function assertAccessible(page, { except = [] } = {}) {
  await page.evaluate(axe.source);
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

/** A picture into the folder DOORKEY_PICTURES, if that is set. */
export async function picture(page, name) {
  const folder = process.env.DOORKEY_PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}
