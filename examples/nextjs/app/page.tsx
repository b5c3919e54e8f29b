import Link from "next/link";
import { getSession } from "@/lib/session";

export default async function Home() {
  const session = await getSession().catch(() => null);
  return (
    <section className="hero">
      <h1>A chat that repeats what you say</h1>
      <p className="lead">
        {session ? `Good to see you, ${session.user.name}.` : "It listens to signed-in people only. Making an account takes a minute."}
      </p>
      <p className="actions">
        {session ? (
          <Link href="/chat" className="button primary">
            Go to the chat
          </Link>
        ) : (
          <>
            <Link href="/sign-up" className="button primary">
              Make an account
            </Link>
            <Link href="/sign-in" className="button">
              Sign in
            </Link>
          </>
        )}
      </p>
    </section>
  );
}
