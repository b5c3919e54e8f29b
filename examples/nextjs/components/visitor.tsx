"use client";
// The right end of the header: who is signed in. Through `useSession` the browser asks get-session at every load and
// whenever the window gets the focus; that is what extends a session that is in use, and notices one that has ended.
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/button";
import { authClient } from "@/lib/auth-client";
import { attempt } from "@/lib/attempt";
import type { User } from "@/lib/session";

export function Visitor({ initial }: { initial: Pick<User, "name"> | null }) {
  const router = useRouter();
  const { data, isPending, error } = authClient.useSession();
  const [failed, setFailed] = useState(false);
  const user = isPending || error ? initial : (data?.user ?? null);
  const ended = Boolean(initial) && !user;

  // Signed out elsewhere: let the server render the page anew, which sends away from what is protected.
  useEffect(() => {
    if (ended) router.refresh();
  }, [ended, router]);

  async function signOut() {
    // Nobody should walk away in the belief that they are signed out.
    if (await attempt((options) => authClient.signOut({ fetchOptions: options }))) return setFailed(true);
    // A full load: nothing of the person who was here stays in memory.
    window.location.assign("/sign-in");
  }

  if (!user) {
    return (
      <nav aria-label="Account">
        <Link href="/sign-in">Sign in</Link>
        <Link href="/sign-up" className="button small">
          Sign up
        </Link>
      </nav>
    );
  }
  return (
    <nav aria-label="Account">
      <Link href="/chat">Chat</Link>
      <Link href="/account" title={user.name}>
        Account
      </Link>
      <Button type="button" className="small" onClick={signOut}>
        Sign out
      </Button>
      <span role="alert" className="error">
        {failed && "You are still signed in: try again."}
      </span>
    </nav>
  );
}
