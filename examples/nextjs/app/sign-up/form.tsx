"use client";
import { type ReactNode, useRef, useState } from "react";
import { Card } from "@/components/card";
import { CheckMail } from "@/components/check-mail";
import { Field } from "@/components/field";
import { Form } from "@/components/form";
import { Resend } from "@/components/resend";
import { authClient } from "@/lib/auth-client";

export function SignUpForm({ next, children }: { next: string; children: ReactNode }) {
  const [mailed, setMailed] = useState<string>();
  const signedIn = useRef(false);
  // The mailed link leads here, and remembers where this visitor was going.
  const callbackURL = `/verify-email?${new URLSearchParams({ callbackURL: next })}`;
  if (mailed) {
    return (
      <CheckMail>
        <p>
          We sent a link to <strong>{mailed}</strong>. Open it to confirm that the address is yours; then sign in.
        </p>
        <Resend email={mailed} callbackURL={callbackURL} />
      </CheckMail>
    );
  }
  return (
    <Card title="Make an account">
      <Form
        fields={["name", "email", "password"]}
        send={async ({ name, email, password }, options) => {
          const answer = await authClient.signUp.email({ name, email, password, callbackURL }, options);
          signedIn.current = Boolean(answer.data?.token);
          return answer;
        }}
        // Without a session, the address has to be confirmed first (REQUIRE_EMAIL_VERIFICATION).
        done={({ email }) => (signedIn.current ? window.location.assign(next) : setMailed(email))}
        submit="Make an account"
      >
        <Field name="name" />
        <Field name="email" />
        <Field
          name="password"
          autoComplete="new-password"
          hint="At least 8 characters. A few unrelated words are easy to remember and hard to guess."
        />
      </Form>
      {children}
    </Card>
  );
}
