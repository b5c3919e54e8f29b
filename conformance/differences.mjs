// THE list of what Doorkey may answer otherwise than Better Auth, and why. It may only shrink: every part of it must
// be seen in a full run, and what is not in it fails the run.
//
// An entry has an `id`, a `reason` in one sentence, and `changes`: what field says what there and what here, each a
// value or an expression. `scenario`, `step` and `title` (method and path) say where; without them it is anywhere.
// `on` names the kind of database, where it is not both.
import { ABSENT } from "./lib/compare.mjs";

/** A header that the reference does not send at all. */
const added = (name, ours) => ({ field: `header.${name}`, reference: ABSENT, ours });

const HEADERS = [
  {
    id: "security-headers",
    reason: "Every answer carries headers that keep browsers from guessing, framing and leaking.",
    changes: [
      added("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
      added("x-content-type-options", "nosniff"),
      added("x-frame-options", "DENY"),
      added("referrer-policy", "no-referrer"),
      added("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
      added("cross-origin-opener-policy", "same-origin"),
      added("cross-origin-resource-policy", "same-origin"),
    ],
  },
  {
    id: "cors",
    reason: "Better Auth leaves CORS to the application; Doorkey answers the origins in FRONTEND_URL itself.",
    changes: [
      added("access-control-allow-origin", /^http:\/\/localhost:3000$|^https:\/\/app\.example\.com$/),
      added("access-control-allow-credentials", "true"),
      added("access-control-expose-headers", "Retry-After, X-Retry-After, X-Request-Id, RateLimit, RateLimit-Policy"),
      added("vary", "Origin, Cookie"),
    ],
  },
  {
    id: "request-id",
    reason: "Every answer names the request as the log does.",
    changes: [added("x-request-id", /^[0-9a-f]{20}$/)],
  },
  {
    id: "no-store",
    reason: "Everything that depends on who asks must not be kept by caches, not get-session alone.",
    changes: [added("cache-control", "no-store")],
  },
];

/** The step in which a value was first seen, as a normalised value names it. */
const stepOf = (value) => /^<[a-z ]+: (.*): [^:]*>$/.exec(value)?.[1];

const HANDLES = [
  {
    id: "handles",
    reason: "Bodies name a session by a handle that opens nothing, where Better Auth repeats the cookie's secret.",
    changes: [
      {
        field: /^(?:body|value\.data)(?:\[\d+\])?(?:\.session)?\.token$/,
        reference: /^<session token: /,
        ours: /^<name: /,
        when: (reference, ours) => stepOf(reference) === stepOf(ours),
      },
    ],
  },
  {
    id: "one-handle",
    reason: "A session's `id` and its `token` are the same handle.",
    changes: [
      { field: /^(?:body|value\.data)(?:\[\d+\])?(?:\.session)?\.id$/, reference: /^<name: .*\.id>$/, ours: /^<name: .*\.token>$/ },
    ],
  },
];

const ERRORS = [
  {
    id: "codes",
    reason: "Errors that have only a message there have a code here, too.",
    changes: [{ field: "body.code", reference: ABSENT, ours: /^[A-Z_]+$/ }],
  },
];

export const DIFFERENCES = [...HEADERS, ...HANDLES, ...ERRORS];
