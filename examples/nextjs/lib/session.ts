// Who is it? For server components.
import "server-only";
import { getSessionCookie } from "better-auth/cookies";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { askDoorkey } from "./doorkey";
import { signInPath } from "./paths";

export type User = { id: string; name: string; email: string; emailVerified: boolean };
export type Session = { session: { id: string; expiresAt: string }; user: User };

/**
 * The visitor's session, or null. Asked once a request, however many components call it.
 *
 * A server component cannot set cookies, so it must not let the session be extended here: the browser would keep
 * the cookie of before. `disableRefresh` says so; the browser extends it (components/visitor.tsx).
 */
export const getSession = cache(async (): Promise<Session | null> => {
  const incoming = await headers();
  if (!getSessionCookie(incoming)) return null;
  const answer = await askDoorkey("/api/auth/get-session?disableRefresh=true", incoming);
  if (!answer.ok) throw new Error(`get-session answered ${answer.status}`);
  return answer.json();
});

/** The session that a protected page needs; without one the visitor is sent to sign-in and comes back to `path`. */
export async function requireSession(path: string): Promise<Session> {
  return (await getSession()) ?? redirect(signInPath(path));
}
