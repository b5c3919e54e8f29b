"use client";
import Link from "next/link";
import { Field } from "@/components/field";
import { Form } from "@/components/form";
import { Resend } from "@/components/resend";
import { authClient } from "@/lib/auth-client";

export function SignInForm({ next }: { next: string }) {
  return (
    <Form
      fields={["email", "password"]}
      send={({ email, password }, options) => authClient.signIn.email({ email, password }, options)}
      // A full load, so that nothing of the time before is kept, such as "/chat leads to sign-in".
      done={() => window.location.assign(next)}
      submit="Sign in"
      help={({ code }, { email }) => code === "EMAIL_NOT_VERIFIED" && <Resend email={email} />}
    >
      <Field name="email" />
      <Field name="password" />
      <p className="aside">
        <Link href="/forgot-password">Forgotten your password?</Link>
      </p>
    </Form>
  );
}
