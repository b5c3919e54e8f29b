// Mailed links, and what follows from opening them. Of the list in ../differences.mjs.
import { ABSENT } from "../lib/compare.mjs";
import { added, change, CLEARED, COOKIE } from "./change.mjs";

export const LINKS = [
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
      change(COOKIE, ABSENT, CLEARED),
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
    reason: "Without a redirectTo the link leads to /reset-password of PUBLIC_URL, where Better Auth's leads to an error.",
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
      change(COOKIE, ABSENT, CLEARED),
    ],
  },
  {
    id: "notices",
    reason: "Whoever has an account is told when its password or address changes.",
    step: "other mails",
    changes: ["password-changed", "email-change-requested", "email-changed"].map((kind) => change(new RegExp(`^mail\\[${kind} to `), ABSENT, /^\d$/)),
  },
];
