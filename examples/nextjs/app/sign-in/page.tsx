import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { Card } from "@/components/card";
import { Status } from "@/components/form-parts";
import { own } from "@/lib/own";
import { first, HOME, ownPath } from "@/lib/paths";
import { getSession } from "@/lib/session";
import { SignInForm } from "./form";

export const metadata: Metadata = { title: "Sign in" };

const NEWS: Record<string, string> = {
  "password-reset": "Your new password is set. Sign in with it.",
};

export default async function SignIn({ searchParams }: PageProps<"/sign-in">) {
  const { callbackURL, news } = await searchParams;
  const next = ownPath(callbackURL);
  if (await getSession().catch(() => null)) redirect(next);
  const signUp = next === HOME ? "/sign-up" : `/sign-up?${new URLSearchParams({ callbackURL: next })}`;
  return (
    <Card title="Sign in">
      <Status>{own(NEWS, first(news))}</Status>
      <SignInForm next={next} />
      <p className="beside">
        New here? <Link href={signUp}>Make an account</Link>
      </p>
    </Card>
  );
}
