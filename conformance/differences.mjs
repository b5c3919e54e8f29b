// THE list of what Doorkey may answer otherwise than Better Auth, and why. It may only shrink: every part of it must
// be seen in a full run, and what is not in it fails the run. docs/conformance.md is made from it.
//
// An entry has an `id`, a `reason` in one sentence, and `changes`: which field says what there and what here, each a
// value, an expression, or a list of them. `scenario`, `step`, `title` (method and path) and `status` (ours) say
// where; without them it is anywhere. `on` names the kind of database, where it is not both.
import { ABSENT } from "./lib/compare.mjs";

const change = (field, reference, ours, more = {}) => ({ field, reference, ours, ...more });
const added = (name, ours) => change(`header.${name}`, ABSENT, ours);
const refused = (from, to, ours) => [change("status", from, to), change("body", /./s, ours)];
const REFUSED_TYPE = /^message="\[body\.[\w.]+\] Invalid (?:input: expected \w+, received \w+|ISO datetime)" code="VALIDATION_ERROR"$/;
const CLEARED = /^<empty>; httponly; max-age=0; path=\/; samesite=Lax$/;
const EXPOSED = "Retry-After, X-Retry-After, X-Request-Id, RateLimit, RateLimit-Policy";

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
      { ...added("strict-transport-security", "max-age=31536000; includeSubDomains"), scenario: ["https", "cookie-domain"] },
    ],
  },
  {
    id: "cors",
    reason: "Better Auth leaves CORS to the application; Doorkey answers the origins that it trusts itself.",
    changes: [
      added("access-control-allow-origin", ["http://localhost:3000", "https://app.example.com", "<server>"]),
      added("access-control-allow-credentials", "true"),
      added("access-control-expose-headers", EXPOSED),
      ...["set-auth-token", "set-auth-jwt"].map((name) => change("header.access-control-expose-headers", name, `${EXPOSED}, ${name}`)),
      added("vary", ["Origin, Cookie", "Origin, Cookie, Authorization"]),
      ...[
        change("status", 404, 204),
        added("access-control-allow-methods", "POST, OPTIONS"),
        added("access-control-allow-headers", "Content-Type, Authorization"),
        added("access-control-max-age", "7200"),
      ].map((each) => ({ ...each, step: "a preflight" })),
    ],
  },
  {
    id: "request-id",
    reason: "Every answer names its request as the log does.",
    changes: [added("x-request-id", /^[0-9a-f]{20}$/)],
  },
  {
    id: "no-store",
    reason: "Everything that depends on who asks must not be kept by caches, not get-session alone.",
    changes: [added("cache-control", "no-store")],
  },
  {
    id: "redirects",
    reason: "A redirect has no body, and so none of a type.",
    status: 302,
    changes: [change("header.content-type", "application/json", ABSENT)],
  },
  {
    id: "limited",
    reason: "A refusal by the rate limit also has the fields of the standards.",
    scenario: "limits",
    changes: [
      added("retry-after", "<seconds>"),
      added("ratelimit", /^"credentials";r=0;t=\d+$/),
      added("ratelimit-policy", '"credentials";q=10;w=60'),
    ],
  },
];

const METHODS = [
  {
    id: "methods",
    reason: "A known path says which methods it takes, where Better Auth does not find it.",
    changes: [
      change("status", 404, 405),
      change("body", ABSENT, 'message="Method not allowed" code="METHOD_NOT_ALLOWED"'),
      added("allow", /^(?:GET, HEAD|POST), OPTIONS$/),
    ],
  },
  {
    id: "no-providers",
    reason: "No provider can be set up yet, and so nothing is served where providers would send browsers back to.",
    title: "GET /api/auth/callback/nowhere",
    changes: [change("status", 302, 404), change("header.content-type", "application/json", ABSENT)],
  },
  {
    id: "head",
    reason: "HEAD is answered wherever GET is.",
    title: "HEAD /api/auth/get-session",
    changes: [change("status", 404, 200), added("content-type", "application/json"), added("pragma", "no-cache")],
  },
];

/** The step in which a value was first seen, as a normalised value names it. */
const stepOf = (value) => /^<[a-z ]+: (.*): [^:]*>$/.exec(value)?.[1];
const sameStep = { when: (reference, ours) => stepOf(reference) === stepOf(ours) };
const SESSION_MEMBER = (name) => new RegExp(`^(?:body|value(?:\\.data)?|cookie\\.better-auth\\.session_data)(?:\\[\\d+\\])?(?:\\.session)?\\.${name}$`);

const SESSIONS = [
  {
    id: "handles",
    reason: "Bodies and the cookie cache name a session by a handle that opens nothing, where Better Auth repeats the cookie's secret.",
    changes: [change(SESSION_MEMBER("token"), /^<session token: /, /^<name: /, sameStep)],
  },
  {
    id: "one-handle",
    reason: "A session's `id` and its `token` are the same handle.",
    changes: [change(SESSION_MEMBER("id"), /^<name: .*\.id>$/, /^<name: .*\.token>$/)],
  },
  {
    id: "bearer-once",
    reason: "With BEARER=on the token is given when the session is made; everything that lists sessions has handles.",
    scenario: ["bearer", "bearer-and-jwt"],
    changes: [change(SESSION_MEMBER("token"), /^<session token: /, /^<name: .*: body\.session\.token>$/)],
  },
  {
    id: "bearer-of-others",
    reason: "A bearer's token that cannot be one of ours is as if it were not there: it costs no look-up, and clears nobody's cookies.",
    scenario: "bearer",
    step: "an unsigned bad token",
    changes: [change(/^cookie\.better-auth\.(?:session_token|session_data|dont_remember)$/, CLEARED, ABSENT)],
  },
  {
    id: "jwt-with-bearer",
    reason: "Without BEARER=on a token for other back ends is on no answer but the one that was asked for it.",
    scenario: "jwt",
    step: "get-session",
    changes: [
      change(/^header\.set-auth-jwt\.(?:header|payload)\.\w+$/, /^/, ABSENT),
      change("header.access-control-expose-headers", "set-auth-jwt", ABSENT),
    ],
  },
  {
    id: "jwt-of-the-living",
    reason: "No token for other back ends is made from the cookie cache: the session may have been ended.",
    scenario: "bearer-cache",
    step: "from the cookie",
    changes: [
      change(/^header\.set-auth-jwt\.(?:header|payload)\.\w+$/, /^/, ABSENT),
      change("header.access-control-expose-headers", "set-auth-jwt", ABSENT),
    ],
  },
  {
    id: "forgetful-stays-so",
    reason: "What takes the place of a session that is not remembered ends after a day as well, where Better Auth's lasts a week.",
    scenario: "change-password-not-remembered",
    step: "the session",
    changes: [change("body.session.expiresAt", "<now + 7 d>", "<now + 1 d>")],
  },
  {
    id: "one-spelling",
    reason: "A signed cookie has one spelling, the one that was set; others are not read more kindly.",
    changes: [
      { ...change("body", /^session\./, "null"), scenario: "get-session", step: "not encoded" },
      { ...change("cookie.better-auth.session_data", ABSENT, /^<a value>/), scenario: "cookie-cache", step: "a cache that is tampered with" },
    ],
  },
  {
    id: "several-cookies",
    reason: "Of several session cookies the one that is valid counts, and of two that are valid neither, where Better Auth takes the first.",
    scenario: "get-session",
    changes: [
      { ...change("body", /^session\./, "null"), step: "two different ones" },
      { ...change("body", "null", /^session\./), step: "one of two is tampered with" },
    ],
  },
  {
    id: "domain-cookies",
    reason: "With COOKIE_DOMAIN the cookies that only this host has are cleared, since they would be sent before the shared ones.",
    scenario: "cookie-domain",
    changes: [change(/^earlier cookie\.__Secure-better-auth\.(?:session_token|session_data|dont_remember)$/, ABSENT, "<empty>; httponly; max-age=0; path=/; samesite=Lax; secure")],
  },
  {
    id: "set-once",
    reason: "An answer sets a cookie once, where Better Auth clears or sets it and then sets it again.",
    scenario: ["cookie-cache", "cookie-cache-late", "cookie-cache-address"],
    changes: [change("earlier cookie.better-auth.session_data", [CLEARED, "<a value>; httponly; max-age=300; path=/; samesite=Lax"], ABSENT)],
  },
  {
    id: "passwords-end-sessions",
    reason: "A new password ends all other sessions, whether that was asked for or not.",
    scenario: ["change-password-others", "reset-password"],
    step: /^elsewhere, |^the session from before$/,
    changes: [change("body", /^session\./, "null"), change(/^cookie\.better-auth\.(?:session_token|session_data|dont_remember)$/, ABSENT, CLEARED)],
  },
  {
    id: "addresses",
    reason: "A session has its client's whole address, and its peer's where no proxy that is trusted says one.",
    scenario: "session-clients",
    changes: [
      change(/^body\[[14]\]\.ipAddress$/, "", "127.0.0.1"),
      change("body[5].ipAddress", "", "10.0.0.1"),
      change("body[3].ipAddress", "2001:0db8:0000:0000:0000:0000:0000:0000", "2001:db8::1"),
    ],
  },
];

const CACHE = [
  {
    id: "cache-binding",
    reason: "The cookie cache says which session cookie it belongs to, so that it cannot be used beside another one.",
    changes: [change(["cookie.better-auth.session_data.binding", "value.binding"], ABSENT, /^[\w-]{43}$/)],
  },
  {
    id: "cache-for-reading",
    reason: "Only get-session believes the cookie cache: a session that was ended reads and changes nothing else.",
    scenario: "cookie-cache",
    step: ["ended: its list", "ended: its accounts", "ended: a new name"],
    changes: [
      ...refused(200, 401, 'message="Unauthorized" code="UNAUTHORIZED"'),
      change(/^cookie\.better-auth\.(?:session_token|session_data|dont_remember)$/, [ABSENT, /^<signed session token: a second session: /, /^<a value>/], CLEARED),
    ],
  },
  {
    id: "cache-follows",
    reason: "A cache of what is no longer true is dropped when the address is verified, where Better Auth goes on serving it.",
    scenario: "cookie-cache-address",
    changes: [
      { ...change("cookie.better-auth.session_data", ABSENT, CLEARED), step: "verify" },
      { ...change("cookie.better-auth.session_data", ABSENT, /^<a value>/), step: "the session, from the cookie or not" },
      { ...change("body.user.emailVerified", false, true), step: "the session, from the cookie or not" },
    ],
  },
];

const CREDENTIALS = [
  {
    id: "no-forms",
    reason: "Credentials are taken as JSON alone, which no foreign page can send without being asked.",
    scenario: ["sign-in-form", "sign-up-form"],
    changes: [
      ...refused(200, 415, 'message="Content-Type \\"application/x-www-form-urlencoded\\" is not allowed. Allowed types: application/json" code="UNSUPPORTED_MEDIA_TYPE"').map((each) => ({ ...each, step: "a form" })),
      ...["text/plain", "application/vnd.api+json"].map((type) => {
        const refusal = (allowed) => `Content-Type "${type}" is not allowed. Allowed types: ${allowed}`;
        return change("body.message", refusal("application/x-www-form-urlencoded, application/json"), refusal("application/json"));
      }),
    ],
  },
  {
    id: "long-passwords",
    reason: "The limits of new passwords do not tell anything about one that is only compared.",
    changes: [
      ...[change("status", 400, 401), change("body", /PASSWORD_TOO_LONG/, /INVALID_EMAIL_OR_PASSWORD/)].map((each) => ({ ...each, title: "POST /api/auth/sign-in/email" })),
      ...[change("body.message", "Password too long", "Invalid password"), change("body.code", "PASSWORD_TOO_LONG", "INVALID_PASSWORD")].map((each) => ({
        ...each,
        step: ["a current one of 129 characters", "129 characters"],
      })),
    ],
  },
  {
    id: "origins",
    reason: "An Origin is compared as browsers write it: in lower case.",
    scenario: "origins",
    step: "change, our page in capitals",
    changes: refused(200, 403, 'message="Invalid origin" code="INVALID_ORIGIN"'),
  },
  {
    id: "callbacks",
    reason: "A callbackURL that not everything reads in one way is refused: dots that lead upwards, spaces.",
    scenario: "callbacks",
    changes: [
      { step: /^sign-in, /, was: [401, /code="INVALID_EMAIL_OR_PASSWORD"$/], place: "CALLBACK" },
      { step: /^reset, /, was: [200, /^status=true message=/], place: "REDIRECT" },
      { step: /^(?:verify|reset link), /, was: [302, ABSENT], place: "CALLBACK" },
    ].flatMap(({ step, was: [status, body], place }) =>
      [change("status", status, 403), change("body", body, new RegExp(`code="INVALID_${place}_URL"$`))].map((each) => ({ ...each, step })),
    ).flatMap((each) => ["dots", "a space"].map((what) => ({ ...each, step: new RegExp(`${each.step.source}.*${what}$`) }))),
  },
];

const LINKS = [
  {
    id: "links-again",
    reason: "A verification link opened again within its life is a success, since scanners and prefetchers open links first.",
    scenario: ["change-email", "change-email-verified"],
    step: ["open the link again", "the user opens it again"],
    changes: [
      change("header.location", "/done?x=1&error=INVALID_TOKEN", "/done?x=1"),
      change("status", 401, 200),
      change("body", 'message="Invalid token" code="INVALID_TOKEN"', /^status=true user\./),
      change("cookie.better-auth.session_token", ABSENT, /^<signed session token: sign up: ann: /),
    ],
  },
  {
    id: "links-newest",
    reason: "A newer link of a kind takes the place of the older one, which then is none.",
    scenario: ["verification-older", "reset-password-older"],
    changes: [
      change("header.location", "/", "/?error=INVALID_TOKEN"),
      change("header.location", /^<server>\/reset\?token=/, "<server>/reset?error=INVALID_TOKEN"),
      change("status", 200, 400),
      change("body", "status=true", 'message="Invalid token" code="INVALID_TOKEN"'),
    ],
  },
  {
    id: "links-opaque",
    reason: "Links are opaque and go with their user, so that one of a deleted user is not known any more.",
    scenario: "delete-user",
    changes: [change("header.location", "/?error=USER_NOT_FOUND", "/?error=INVALID_TOKEN")],
  },
  {
    id: "links-of-others",
    reason: "A link opened by somebody else does not stop working for its owner.",
    scenario: "delete-user-strangers",
    step: "the user opens the third after that",
    changes: [
      change("status", 404, 302),
      change("body", 'message="Invalid token" code="INVALID_TOKEN"', ABSENT),
      change("header.location", ABSENT, "/bye"),
      change(/^cookie\.better-auth\.(?:session_token|session_data|dont_remember)$/, ABSENT, CLEARED),
    ],
  },
  {
    id: "proven-address",
    reason: "Opening the link proves the new address, which Better Auth leaves as unverified as the old one was.",
    scenario: "change-email",
    step: ["changed", "sign in by the new address"],
    changes: [change("body.user.emailVerified", false, true)],
  },
  {
    id: "own-reset-page",
    reason: "Without a redirectTo the link leads to a page of Doorkey's own, where Better Auth's leads to an error.",
    scenario: ["reset-password", "origins"],
    changes: [
      change(/^mail\[reset-password to /, /\?callbackURL=$/, /\?callbackURL=%2Freset-password$/),
      change("header.location", "<server>/api/auth/error?error=INVALID_TOKEN", /^<server>\/reset-password\?token=/),
    ],
  },
  {
    id: "own-error-page",
    reason: "Errors have a page of Doorkey's own, as Better Auth's have in development, and not the server's root.",
    title: "GET /api/auth/error",
    changes: [
      change("status", 302, 200),
      change("header.location", /^\/\?error=/, ABSENT),
      change("body", ABSENT, /^<!doctype html>/),
      added("content-security-policy", /^default-src 'none'; style-src 'nonce-[\w+/=-]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/),
    ],
  },
  {
    id: "delete-at-once",
    reason: "Whoever gives the password, or has just signed in and gives no callbackURL, needs no mail to leave.",
    scenario: "delete-user-at-once",
    changes: [
      change("body.message", "Verification email sent", "User deleted"),
      change(/^mail\[delete-user to /, /callback\?token=/, ABSENT),
      change(/^cookie\.better-auth\.(?:session_token|session_data|dont_remember)$/, ABSENT, CLEARED),
    ],
  },
  {
    id: "notices",
    reason: "Whoever has an account is told when its password or address changes.",
    step: "other mails",
    changes: ["password-changed", "email-change-requested", "email-changed"].map((kind) => change(new RegExp(`^mail\\[${kind} to `), ABSENT, /^\d$/)),
  },
];

const ERRORS = [
  {
    id: "codes",
    reason: "Errors that have only a message, or nothing at all, have a message and a code here.",
    changes: [
      ...Object.entries({
        VALIDATION_ERROR: ["change-email", "delete-user", "link-social", "request-password-reset", "send-verification-email", "sign-in/email", "sign-in/social"],
        EMAIL_IS_THE_SAME: ["change-email"],
        VERIFICATION_EMAIL_NOT_ENABLED: ["change-email"],
        NO_FIELDS_TO_UPDATE: ["update-user", "update-session"],
        TOO_MANY_REQUESTS: ["sign-in/email"],
      }).map(([code, paths]) => ({ ...change("body.code", ABSENT, code), title: paths.map((path) => `POST /api/auth/${path}`) })),
      ...["account-info", "refresh-token", "get-access-token"].map((path) => ({
        ...change("body", ABSENT, 'message="Unauthorized" code="UNAUTHORIZED"'),
        title: new RegExp(`/api/auth/${path}$`),
      })),
    ],
  },
  {
    id: "types",
    reason: "A field of the wrong type is refused, where Better Auth stores something else or fails.",
    scenario: ["update-user-types", "user-fields-types"],
    changes: [
      change("status", [200, 422, 500], 400),
      change("body", ["status=true", /^token="<session token: /, 'message="Failed to create user" code="FAILED_TO_CREATE_USER"', ABSENT], REFUSED_TYPE),
    ],
  },
  {
    id: "fractions",
    reason: "A number may be a fraction on Postgres, too, where Better Auth's column holds whole ones.",
    on: "postgres",
    scenario: "user-fields-types",
    step: ["sign up: age fraction", "age fraction, updated", "other mails"],
    changes: [
      change("status", [422, 500], 200),
      change("body", ['message="Failed to create user" code="FAILED_TO_CREATE_USER"', ABSENT], [/ user\.age=41\.5 /, "status=true"]),
      change("cookie.better-auth.session_token", ABSENT, /^<signed session token: /),
      change(/^mail\[verify-email to age-fraction\./, ABSENT, 1),
    ],
  },
  {
    id: "long-names",
    reason: "A name has at most 255 characters.",
    scenario: "update-user",
    step: "a name of 300 characters",
    changes: refused(200, 400, 'message="[body.name] Too big: expected string to have <=255 characters" code="VALIDATION_ERROR"'),
  },
];

export const DIFFERENCES = [...HEADERS, ...METHODS, ...SESSIONS, ...CACHE, ...CREDENTIALS, ...LINKS, ...ERRORS];
