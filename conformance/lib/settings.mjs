// What a story may ask of a server, and how each server is told. Both have the same secret, front end and database
// kind in any case.
import { randomBytes } from "node:crypto";

/** The settings there are, each a function from its value to {reference, doorkey} environments. */
const SETTINGS = {
  /** Users reach the server here, over https. */
  https: (origin) => both({ PUBLIC_URL: origin }),
  /** A parent domain whose hosts share the cookies. */
  cookieDomain: (domain) => both({ COOKIE_DOMAIN: domain }),
  /** Nothing can be mailed. On a machine of one's own Doorkey mails to its log, so it is told that it is behind a platform. */
  noMail: () => ({ reference: { MAIL_FILE: undefined }, doorkey: { MAIL_URL: undefined, VERCEL_IPC_PATH: "/nowhere" } }),
  requireVerification: () => ({ reference: { REQUIRE_VERIFICATION: "1" }, doorkey: { REQUIRE_EMAIL_VERIFICATION: "on" } }),
  cookieCache: (seconds) => ({ reference: { COOKIE_CACHE: String(seconds) }, doorkey: { COOKIE_CACHE: `${seconds}s` } }),
  userFields: (declared) => both({ USER_FIELDS: JSON.stringify(declared) }),
  /** Doorkey always has what is the `jwt` plugin there. */
  bearer: () => ({ reference: { PLUGINS: "bearer,jwt" }, doorkey: { BEARER: "on" } }),
  jwt: () => ({ reference: { PLUGINS: "jwt" }, doorkey: {} }),
  mailDeletion: () => ({ reference: { MAIL_DELETION: "1" }, doorkey: {} }),
  rateLimit: () => ({ reference: { RATE_LIMIT: "1" }, doorkey: { RATE_LIMIT: "on" } }),
};

const both = (environment) => ({ reference: environment, doorkey: environment });

/** What signs cookies in this run. */
export const SECRET = randomBytes(32).toString("base64");

/** Where the front end is, unless a story asks for https. */
export const FRONTEND = "http://localhost:3000";
export const HTTPS_FRONTEND = "https://app.example.com";

/** The front end's origin under those settings. */
export const frontendOf = (settings) => (settings.https ? HTTPS_FRONTEND : FRONTEND);

/** The environment of `side` ("reference" or "doorkey") under those settings. */
export function environment(side, settings, { port, database, mailFile }) {
  const common = { PORT: String(port), SECRET_KEY: SECRET, FRONTEND_URL: frontendOf(settings), DATABASE_URL: database };
  const own =
    side === "reference"
      ? { NODE_ENV: "production", MAIL_FILE: mailFile }
      : { HOST: "127.0.0.1", PAGES: "off", MAIL_URL: `file:${mailFile}`, RATE_LIMIT: "off", LOG: "warn", TRUSTED_PROXIES: "127.0.0.0/8" };
  const asked = Object.entries(settings).map(([name, value]) => SETTINGS[name](value)[side]);
  const merged = Object.assign({ PATH: process.env.PATH }, common, own, ...asked);
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}
