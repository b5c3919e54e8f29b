import type { Metadata } from "next";
import Link from "next/link";
import { Card } from "@/components/card";
import { linkProblem } from "@/lib/messages";
import { first } from "@/lib/paths";
import { ResetPasswordForm } from "./form";

export const metadata: Metadata = { title: "New password" };

/** The mailed link leads here, with a token or with an error. */
export default async function ResetPassword({ searchParams }: PageProps<"/reset-password">) {
  const { token, error } = await searchParams;
  const good = first(error) === undefined ? first(token) : undefined;
  if (good) return <ResetPasswordForm token={good} />;
  return (
    <Card title="This link does not work" lead={linkProblem(first(error) ?? "INVALID_TOKEN")}>
      <Link href="/forgot-password" className="button primary">
        Ask for a new link
      </Link>
    </Card>
  );
}
