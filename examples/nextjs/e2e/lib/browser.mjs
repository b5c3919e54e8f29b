// Chromium, and what every page is watched for: errors in the console, exceptions, violations of the policy.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { EDGE_PORT, HOSTS } from "./hosts.mjs";

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

/** A deployment's hosts are where its edge is, whose certificate no browser knows. */
const DEPLOYED = [
  "--ignore-certificate-errors",
  `--host-resolver-rules=${HOSTS.map((host) => `MAP ${host}:443 127.0.0.1:${EDGE_PORT}`).join(",")}`,
];

export const launch = () => chromium.launch({ executablePath, args: [...ARGUMENTS, ...(EDGE_PORT ? DEPLOYED : [])] });

/**
 * A browser of its own, with a page. `page.faults` are what went wrong in it; `refusals` are the statuses of answers
 * that Chromium writes into the console as an error though they are as they should be.
 */
export async function openBrowser(chrome, stack, { refusals = [], ...options } = {}) {
  const context = await chrome.newContext({ baseURL: stack.origin, locale: "en-GB", viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(10_000);
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.violatedDirective} forbids ${event.blockedURI} ${event.sourceFile}`),
    );
  });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`exception: ${error.stack}`));
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    const status = message.text().match(/^Failed to load resource: .* status of (\d+)/)?.[1];
    if (!status || !refusals.includes(Number(status))) page.faults.push(`${message.text()} (${message.location().url})`);
  });
  return page;
}

export const assertNoFaults = (page) => assert.deepEqual(page.faults, []);
