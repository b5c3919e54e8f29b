// What went wrong, in words for people. The protocol says it by code; the field it belongs to is part of the answer.
import { own } from "./own";

/** The fields of all forms. */
export type FieldName = "name" | "email" | "password" | "currentPassword" | "newPassword";

export type Problem = {
  code?: string;
  text: string;
  /** The field to show it at; without one it is said above the form. */
  field?: FieldName;
  /** Seconds to wait before trying again makes sense. */
  retryAfter?: number;
};

const TEXTS: Record<string, [text: string, ...fields: FieldName[]]> = {
  INVALID_EMAIL_OR_PASSWORD: ["That e-mail address and password do not go together."],
  EMAIL_NOT_VERIFIED: ["Please confirm your e-mail address first: open the link that we mailed to you."],
  USER_ALREADY_EXISTS: ["There is an account with this address already. Sign in instead?", "email"],
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: ["There is an account with this address already. Sign in instead?", "email"],
  INVALID_EMAIL: ["This does not look like an e-mail address.", "email"],
  EMAIL_IS_THE_SAME: ["This is your address already.", "email"],
  EMAIL_CAN_NOT_BE_UPDATED: ["The address cannot be changed here."],
  EMAIL_ALREADY_VERIFIED: ["Your address is confirmed already."],
  EMAIL_MISMATCH: ["You are signed in with another address."],
  PASSWORD_TOO_SHORT: ["Too short: use at least 8 characters.", "newPassword", "password"],
  PASSWORD_TOO_LONG: ["Too long: use at most 128 characters.", "newPassword", "password"],
  PASSWORD_TOO_COMMON: ["This is one of the most used passwords, which are tried first. Choose another.", "newPassword", "password"],
  PASSWORD_TOO_PERSONAL: ["This is too close to your name or address. Choose another.", "newPassword", "password"],
  INVALID_PASSWORD: ["This is not your password.", "currentPassword", "password"],
  INVALID_TOKEN: ["This link is not good any more: it was used, or there is a newer one."],
  TOKEN_EXPIRED: ["This link is too old."],
  INVALID_USER: ["This link belongs to somebody else than who is signed in here."],
  SESSION_NOT_FRESH: ["For this, please sign in anew."],
  UNAUTHORIZED: ["You are signed out. Please sign in again."],
  SESSION_EXPIRED: ["You are signed out. Please sign in again."],
  RESET_PASSWORD_DISABLED: ["No mail can be sent here, so a password cannot be reset."],
  VERIFICATION_EMAIL_NOT_ENABLED: ["No mail can be sent here, so an address cannot be confirmed."],
  TOO_MANY_REQUESTS: ["Too many tries."],
  SERVICE_BUSY: ["Many people are signing in right now. Try again in a moment."],
};

const UNREACHABLE = "We cannot reach the sign-in service. Check your connection and try again.";
const BROKEN = "The sign-in service is having trouble. Try again in a moment.";
const UNKNOWN = "That did not work. Please try again.";

/** The words for an answer that is a refusal; `fields` are those of the form, to choose one that is there. */
export function problemOf(error: { status?: number; code?: string }, fields: readonly FieldName[], retryAfter?: number): Problem {
  const known = own(TEXTS, error.code);
  if (!known) return { code: error.code, text: (error.status ?? 0) >= 500 ? BROKEN : UNKNOWN, retryAfter };
  const [text, ...candidates] = known;
  return { code: error.code, text, field: candidates.find((field) => fields.includes(field)), retryAfter };
}

/** For when there was no answer at all. */
export const unreachable: Problem = { code: "UNREACHABLE", text: UNREACHABLE };

/** The words for `?error=CODE`, with which a mailed link leads back to us. */
export function linkProblem(code: string): string {
  return own(TEXTS, code)?.[0] ?? "This link does not work.";
}

/** 75 → "1 min 15 s" */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
