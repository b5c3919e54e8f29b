import type { Metadata } from "next";
import Link from "next/link";
import { Card } from "@/components/card";
import { linkProblem } from "@/lib/messages";
import { first, ownPath, signInPath } from "@/lib/paths";
import { getSession } from "@/lib/session";

export const metadata: Metadata = { title: "Confirm your address" };

/** Where links to confirm an address lead once Doorkey has judged them: with `?error=CODE`, or without. */
export default async function VerifyEmail({ searchParams }: PageProps<"/verify-email">) {
  const { error, callbackURL } = await searchParams;
  const next = ownPath(callbackURL);
  const session = await getSession().catch(() => null);
  const code = first(error);
  if (code) {
    const advice = session ? "You can ask for another link on your account page." : "Sign in, and we will offer to send another.";
    return (
      <Card title="This link does not work" lead={`${linkProblem(code)} ${advice}`}>
        <Link href={session ? "/account" : "/sign-in"} className="button primary">
          {session ? "Go to your account" : "Sign in"}
        </Link>
      </Card>
    );
  }
  // The link signs nobody in: mail programs open links before people do.
  return (
    <Card title="Your address is confirmed" lead={session ? undefined : "Now sign in with it."}>
      <Link href={session ? next : signInPath(next)} className="button primary">
        {session ? "Go on" : "Sign in"}
      </Link>
    </Card>
  );
}
