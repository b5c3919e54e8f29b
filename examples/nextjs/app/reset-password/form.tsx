"use client";
import Link from "next/link";
import { Card } from "@/components/card";
import { Field } from "@/components/field";
import { Alert, Submit } from "@/components/form-parts";
import { authClient } from "@/lib/auth-client";
import { useForm } from "@/lib/use-form";

export function ResetPasswordForm({ token }: { token: string }) {
  const form = useForm({
    fields: ["newPassword"],
    send: ({ newPassword }, options) => authClient.resetPassword({ newPassword, token }, options),
    done: () => window.location.assign("/sign-in?news=password-reset"),
  });
  return (
    <Card title="Choose a new password" lead="It signs you out everywhere; sign in again with the new one.">
      <form {...form.props} aria-labelledby="title">
        <Alert problem={form.problem}>
          {form.problem?.code === "INVALID_TOKEN" && <Link href="/forgot-password">Ask for a new link</Link>}
        </Alert>
        <Field
          name="newPassword"
          label="New password"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters."
          error={form.errorOf("newPassword")}
        />
        <Submit {...form}>Set the password</Submit>
      </form>
    </Card>
  );
}
