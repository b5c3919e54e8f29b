// Where to go next, when the address says so. Anybody can write a link to our sign-in page: it must not lead off.

/** Where people land who came for nothing in particular. */
export const HOME = "/chat";

/** `value` if it is a path of this app, `fallback` if it is anything else. */
export function ownPath(value: string | string[] | undefined | null, fallback: string = HOME): string {
  // A browser reads "//host", "/\host" and "/<tab>/host" as another site.
  if (typeof value !== "string" || !/^\/(?![/\\])[^\\\u0000-\u0020\u007f]*$/.test(value)) return fallback;
  const here = "https://here.invalid";
  if (!URL.canParse(value, here)) return fallback;
  const url = new URL(value, here);
  const path = url.pathname + url.search + url.hash;
  // "/.//host" becomes "//host".
  return url.origin === here && !path.startsWith("//") ? path : fallback;
}

/** The sign-in page that leads back to `path`. */
export function signInPath(path: string): string {
  return `/sign-in?${new URLSearchParams({ callbackURL: path })}`;
}

/** The first value of a search parameter. */
export function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
