import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { HOME, ownPath, signInPath } from "@/lib/paths";
import { getSession } from "@/lib/session";
import { SignUpForm } from "./form";

export const metadata: Metadata = { title: "Make an account" };

export default async function SignUp({ searchParams }: PageProps<"/sign-up">) {
  const next = ownPath((await searchParams).callbackURL);
  if (await getSession().catch(() => null)) redirect(next);
  return (
    <SignUpForm next={next}>
      <p className="beside">
        Have an account? <Link href={next === HOME ? "/sign-in" : signInPath(next)}>Sign in</Link>
      </p>
    </SignUpForm>
  );
}
