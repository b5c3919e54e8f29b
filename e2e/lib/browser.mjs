// A browser as far as the stock client can tell: cookies kept, and the headers that a page's fetch sends.
import { createAuthClient } from "better-auth/client";
import { CookieJar, SESSION } from "./cookies.mjs";

export class Browser {
  /** The page lives at `stack.frontend` and talks to `stack.origin`; `plugins` are the client's. */
  constructor(stack, { userAgent = "Mozilla/5.0 (e2e)", plugins = [] } = {}) {
    this.stack = stack;
    this.userAgent = userAgent;
    this.jar = new CookieJar();
    /** Every answer: {method, path, status, headers, setCookies, body}. */
    this.exchanges = [];
    this.client = createAuthClient({
      baseURL: stack.origin,
      plugins,
      fetchOptions: { customFetchImpl: (url, init) => this.fetch(url, init) },
    });
  }

  async fetch(url, init = {}) {
    const headers = new Headers(init.headers);
    headers.set("user-agent", this.userAgent);
    headers.set("sec-fetch-mode", "cors");
    headers.set("sec-fetch-site", "same-site");
    // A browser leaves Origin out of a same-origin GET only; the page is on another port.
    headers.set("origin", this.stack.frontend);
    const cookies = this.jar.header();
    if (cookies) headers.set("cookie", cookies);
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    const setCookies = response.headers.getSetCookie();
    for (const line of setCookies) this.jar.take(line);
    this.exchanges.push({
      method: init.method ?? "GET",
      path: new URL(url).pathname,
      status: response.status,
      headers: response.headers,
      setCookies,
      body: await response.clone().text(),
    });
    return response;
  }

  /** Follow a mailed link: no page asks for it, so there is no Origin. What it sets is set; it is not followed on. */
  async open(link) {
    const cookies = this.jar.header();
    const headers = { "user-agent": this.userAgent, "sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site" };
    const answer = await fetch(link, { redirect: "manual", headers: cookies ? { ...headers, cookie: cookies } : headers });
    for (const line of answer.headers.getSetCookie()) this.jar.take(line);
    return answer;
  }

  /** The last answer. */
  get last() {
    return this.exchanges.at(-1);
  }

  /** The session's cookie as it is sent, or undefined. */
  get sessionCookie() {
    return this.jar.get(SESSION)?.value;
  }
}
