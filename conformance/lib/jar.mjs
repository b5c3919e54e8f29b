// One browser's cookies for one origin, and the reading of Set-Cookie lines (RFC 6265).

/** The names that matter, as they are on plain http. */
export const SESSION = "better-auth.session_token";
export const CACHE = "better-auth.session_data";

/** Read a Set-Cookie line: {name, value, attributes}, the attributes' names in lower case. */
export function parseSetCookie(line) {
  const [pair, ...rest] = line.split(";").map((part) => part.trim());
  const attributes = Object.fromEntries(
    rest.map((part) => {
      const cut = part.indexOf("=");
      return cut < 0 ? [part.toLowerCase(), ""] : [part.slice(0, cut).toLowerCase(), part.slice(cut + 1)];
    }),
  );
  const cut = pair.indexOf("=");
  return { name: pair.slice(0, cut), value: pair.slice(cut + 1), attributes };
}

export class Jar {
  constructor(cookies = []) {
    this.cookies = new Map(cookies);
  }

  /** Take a Set-Cookie line. */
  take(line) {
    const { name, value, attributes } = parseSetCookie(line);
    const gone = attributes["max-age"] !== undefined && Number(attributes["max-age"]) <= 0;
    if (gone || value === "") this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  /** The value of a cookie, with or without the prefix that https brings. */
  get(name) {
    return this.cookies.get(name) ?? this.cookies.get(`__Secure-${name}`);
  }

  /** The Cookie header; undefined when there is none. */
  header() {
    const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    return pairs.length > 0 ? pairs.join("; ") : undefined;
  }

  /** What a browser holds now, whatever comes later. */
  clone() {
    return new Jar(this.cookies);
  }

  /** The same without some cookies. */
  without(...names) {
    return new Jar([...this.cookies].filter(([name]) => !names.some((each) => name.endsWith(each))));
  }
}
