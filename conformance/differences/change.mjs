// The words in which differences are said.
import { ABSENT } from "../lib/compare.mjs";

/** A field that says one thing there and another here. */
export const change = (field, reference, ours) => ({ field, reference, ours });

/** A header that is not there at all. */
export const added = (name, ours) => change(`header.${name}`, ABSENT, ours);

/** Something that is done there and refused here. */
export const refused = (from, to, ours) => [change("status", from, to), change("body", /./s, ours)];

/** A cookie that is cleared. */
export const CLEARED = /^<empty>; httponly; max-age=0; path=\/; samesite=Lax$/;

/** Any cookie of a session. */
export const COOKIE = /^cookie\.better-auth\.(?:session_token|session_data|dont_remember)$/;
