// A visitor who has a keyboard alone. Nothing here clicks, fills or focuses: it presses keys and looks where it is.
// `page` may be a frame in one, too: the keyboard is the page's, and passes through what stands around the frame.
import assert from "node:assert/strict";

const MOST_STOPS = 60;

const keyboardOf = (page) => (page.page?.() ?? page).keyboard;

/** Press Tab until the focus is on what has that name: a text in full, or a pattern. Every stop must be visible. */
export async function tabTo(page, name, { back = false } = {}) {
  const passed = [];
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await keyboardOf(page).press(back ? "Shift+Tab" : "Tab");
    const here = await focused(page);
    if (!here) continue;
    assert.ok(here.outlined, `the focus on "${here.name}" cannot be seen`);
    assert.ok(here.inView, `"${here.name}" has the focus out of sight`);
    if (typeof name === "string" ? here.name === name : name.test(here.name)) return;
    passed.push(here.name);
  }
  assert.fail(`Tab never gets to ${name}, but to ${JSON.stringify(passed)}`);
}

/** Fill a field in: what was in it is replaced. */
export async function type(page, label, text) {
  await tabTo(page, label);
  await keyboardOf(page).press("Control+A");
  await keyboardOf(page).type(text);
}

/** Go to a button or link and press it. */
export async function press(page, name) {
  await tabTo(page, name);
  await keyboardOf(page).press("Enter");
}

/** What has the focus: {name, description}, or null when it is the page itself. */
export function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const text = (node) => node?.textContent.replace(/\s+/g, " ").trim() ?? "";
    const described = (element.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return {
      name: element.getAttribute("aria-label") ?? (element.labels?.length ? text(element.labels[0]) : text(element)),
      description: described.map((id) => text(document.getElementById(id))).join(" "),
      invalid: element.getAttribute("aria-invalid") === "true",
      outlined: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2,
      inView: box.top >= -1 && box.bottom <= innerHeight + 1 && box.left >= -1 && box.right <= innerWidth + 1,
    };
  });
}
