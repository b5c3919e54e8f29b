// A story: named steps, each one request, told to a server; what comes of it is a transcript, a list of
// {step, title, fields}. The same story is told to every server.
import { setTimeout as sleep } from "node:timers/promises";
import { createAuthClient } from "better-auth/client";
import { exchange } from "./http.mjs";
import { Jar } from "./jar.mjs";
import { readMails } from "./mails.mjs";
import { fields, spread } from "./normalise.mjs";
import { Values } from "./values.mjs";

/** What everybody's password is; no server finds fault with it. */
export const PASSWORD = "violet tractor 58 lagoon";

/** How long a mail may take, where another server had sent one by then. */
const MAIL_DEADLINE_MS = 3000;
/** How long no mail must come at a story's end, for it to be the end. */
const QUIET_MS = 200;
const POLL_MS = 5;

/**
 * A scenario: `name` is short and unlike any other; `settings` are those of `settings.mjs`; `tell` is the story, an
 * async function of a Teller.
 */
export const scenario = (name, settings, tell) => ({ name, settings, tell });

/**
 * Tell a story to a target. `expected` is the transcript of another server, if there is one: the mails that came in
 * during a step there are waited for here; all others are in the last step. Returns the transcript; when the story
 * breaks off, one of its steps says so.
 */
export async function transcribe(story, target, expected) {
  const teller = new Teller(story, target, expected);
  try {
    await story.tell(teller);
  } catch (error) {
    teller.transcript.push({ step: "the story broke off", title: "", fields: { error: String(error?.stack ?? error) } });
  }
  await teller.noteOtherMails();
  return teller.transcript;
}

class Teller {
  transcript = [];
  #noted = new Set();
  #aged = new Map();
  #patience = MAIL_DEADLINE_MS;

  constructor(story, target, expected) {
    this.story = story;
    this.target = target;
    this.frontend = target.frontend;
    this.values = new Values(target);
    this.expected = expected && new Map(expected.map(({ step, mails }) => [step, mails ?? []]));
  }

  /** A browser without cookies. */
  jar() {
    return new Jar();
  }

  /** An address of this story alone. */
  email(name) {
    return `${name}.${this.story.name}@example.com`;
  }

  /**
   * One step: `request` has `get` or `post` (a path below /api/auth) or `method` and `path`, and may have `body`,
   * `jar`, `headers`, and `origin` (the front end's when it is not given; null sends none; never sent with a GET
   * unless given). Returns the raw answer; {status, header(name), setCookies, text, json}.
   */
  async step(name, request) {
    const [title, raw] = await this.#send(request);
    await this.#note(name, title, raw);
    return raw;
  }

  /** A request that is no step: what comes back is not compared. */
  async quietly(request) {
    return (await this.#send(request))[1];
  }

  async #send(request) {
    const method = request.method ?? (request.post === undefined ? "GET" : "POST");
    const path = `/api/auth${request.path ?? request.post ?? request.get}`;
    const origin = request.origin === undefined && method !== "GET" ? this.frontend : request.origin;
    const cookie = request.jar?.header();
    const headers = {
      "x-forwarded-for": "203.0.113.7",
      ...(origin ? { origin } : {}),
      ...(cookie ? { cookie } : {}),
      ...request.headers,
    };
    for (const name of Object.keys(headers)) if (headers[name] === null) delete headers[name];
    const raw = await exchange(this.target, { method, path, headers, body: request.body });
    for (const line of raw.setCookies) request.jar?.take(line);
    return [`${method} ${path.split("?")[0].replace(/(\/reset-password\/)[^/]+$/, "$1TOKEN")}`, raw];
  }

  async #note(step, title, raw) {
    if (this.transcript.some((each) => each.step === step)) throw new Error(`two steps are named ${step}`);
    const mails = await this.#mailsOfStep(this.expected?.get(step) ?? [], raw.status);
    const known = fields(raw, { values: this.values, step, mails });
    this.transcript.push({ step, title, fields: known, mails: mails.map(mailKey) });
  }

  /** A step that is no request: what is known about `value`, as JSON. */
  observe(step, value) {
    const flat = {};
    spread(flat, "value", this.values.json(value ?? null, ["value"], step));
    this.transcript.push({ step, title: "", fields: flat });
  }

  #mails() {
    return readMails(this.target.mailFile, (to) => to.toLowerCase().endsWith(`.${this.story.name}@example.com`));
  }

  /** The mails that are not noted yet; each is a new object at every reading, so they are told by their place. */
  #fresh() {
    return this.#mails().map((mail, place) => ({ ...mail, place })).filter(({ place }) => !this.#noted.has(place));
  }

  /** All new mails, where nothing is known about them; else the first of each kind and recipient that is expected. */
  async #mailsOfStep(keys, status) {
    const pick = () => {
      const fresh = this.#fresh();
      if (!this.expected) return fresh;
      return keys.map((key) => fresh.find((mail) => mailKey(mail) === key)).filter(Boolean);
    };
    const deadline = Date.now() + (status < 400 ? this.#patience : 0);
    let picked = pick();
    while (picked.length < keys.length && Date.now() < deadline) {
      await sleep(POLL_MS);
      picked = pick();
    }
    // A server that was late once may not send the rest either: the story need not wait for each as long.
    if (picked.length < keys.length && status < 400) this.#patience = QUIET_MS;
    for (const { place } of picked) this.#noted.add(place);
    return picked;
  }

  /** The last step: mails that belong to no step, and how many there are of each. */
  async noteOtherMails() {
    let before = -1;
    for (let rest = this.#fresh(); this.expected && rest.length !== before; rest = this.#fresh()) {
      before = rest.length;
      await sleep(QUIET_MS);
    }
    const flat = {};
    for (const key of this.#fresh().map(mailKey)) flat[`mail[${key}]`] = (flat[`mail[${key}]`] ?? 0) + 1;
    this.transcript.push({ step: "other mails", title: "", fields: flat });
  }

  /** The last mailed link of that kind to an address: {path (below /api/auth), token}. */
  link(kind, to) {
    const link = this.#mails().findLast((mail) => mail.kind === kind && mail.to === to)?.link;
    if (!link) return { path: `/no-${kind}-was-mailed`, token: `no-${kind}-was-mailed` };
    const token = this.target.reage(link.token, this.#aged.get(to) ?? 0);
    const path = link.url.slice(link.url.indexOf("/api/auth") + "/api/auth".length);
    return { path: path.replace(link.token, token), token };
  }

  /** Let everything that this user has (sessions, mailed links) be `seconds` older. */
  async age(email, seconds) {
    this.#aged.set(email, (this.#aged.get(email) ?? 0) + seconds);
    await this.target.age(email, seconds);
  }

  /**
   * The stock client in a browser with that jar. `call(name, (client) => …)` makes a step `NAME` of what the client
   * returns, after a step `NAME (wire)` of its request.
   */
  client(jar, plugins = []) {
    let wire = "";
    const client = createAuthClient({
      baseURL: this.target.origin,
      plugins,
      fetchOptions: { customFetchImpl: (url, init) => this.#fetch(`${wire} (wire)`, jar, url, init) },
    });
    return async (name, call) => {
      wire = name;
      const { data, error } = await call(client);
      this.observe(name, { data, error });
      return { data, error };
    };
  }

  async #fetch(step, jar, url, init) {
    const headers = Object.fromEntries(new Headers(init.headers));
    const path = String(url).slice(this.target.origin.length + "/api/auth".length);
    const raw = await this.step(step, { method: init.method, path, body: init.body, jar, headers: { "sec-fetch-mode": "cors", "sec-fetch-site": "same-site", ...headers } });
    const bodiless = [204, 304].includes(raw.status);
    return new Response(bodiless ? null : raw.text, { status: raw.status, headers: raw.headers });
  }

  /** Sign up somebody of that name in a new browser; returns the jar. */
  async signUp(name, more = {}) {
    const jar = this.jar();
    const { body = {}, ...request } = more;
    const user = { name: "Ann", email: this.email(name), password: PASSWORD, ...body };
    await this.step(`sign up: ${name}`, { post: "/sign-up/email", jar, ...request, body: user });
    return jar;
  }

  /** Sign somebody in, in a new browser; `step` names the step. Returns the jar. */
  async signIn(step, name, more = {}) {
    const jar = this.jar();
    const { body = {}, ...request } = more;
    const credentials = { email: this.email(name), password: PASSWORD, ...body };
    await this.step(step, { post: "/sign-in/email", jar, ...request, body: credentials });
    return jar;
  }
}

const mailKey = ({ kind, to }) => `${kind} to ${to}`;
