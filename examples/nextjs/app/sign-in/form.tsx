"use client";
import Link from "next/link";
import { useState } from "react";
import { Field } from "@/components/field";
import { Alert, Submit } from "@/components/form-parts";
import { Resend } from "@/components/resend";
import { authClient } from "@/lib/auth-client";
import { useForm } from "@/lib/use-form";

export function SignInForm({ next }: { next: string }) {
  const [tried, setTried] = useState("");
  const form = useForm({
    fields: ["email", "password"],
    send: ({ email, password }, options) => {
      setTried(email);
      return authClient.signIn.email({ email, password }, options);
    },
    // A full load, so that nothing of the time before is kept, such as "/chat leads to sign-in".
    done: () => window.location.assign(next),
  });
  return (
    <form {...form.props} aria-labelledby="title">
      <Alert problem={form.problem}>
        {form.problem?.code === "EMAIL_NOT_VERIFIED" && <Resend email={tried} />}
      </Alert>
      <Field name="email" label="E-mail" type="email" autoComplete="email" error={form.errorOf("email")} />
      <Field name="password" label="Password" type="password" autoComplete="current-password" error={form.errorOf("password")} />
      <p className="aside">
        <Link href="/forgot-password">Forgotten your password?</Link>
      </p>
      <Submit {...form}>Sign in</Submit>
    </form>
  );
}
