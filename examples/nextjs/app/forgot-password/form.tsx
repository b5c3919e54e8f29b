"use client";
import Link from "next/link";
import { useState } from "react";
import { Card } from "@/components/card";
import { CheckMail } from "@/components/check-mail";
import { Field } from "@/components/field";
import { Form } from "@/components/form";
import { authClient } from "@/lib/auth-client";

export function ForgotPasswordForm() {
  const [mailed, setMailed] = useState<string>();
  if (mailed) {
    return (
      <CheckMail>
        {/* The answer is the same for every address, and so is what we say. */}
        <p>
          If there is an account with <strong>{mailed}</strong>, a link to choose a new password is on its way there. It
          works for an hour.
        </p>
        <p className="beside">
          Nothing came? Look among the spam, or <a href="/forgot-password">try again</a>.
        </p>
      </CheckMail>
    );
  }
  return (
    <Card title="Forgotten your password?" lead="We will mail you a link with which you can choose a new one.">
      <Form
        fields={["email"]}
        send={({ email }, options) => authClient.requestPasswordReset({ email, redirectTo: "/reset-password" }, options)}
        done={({ email }) => setMailed(email)}
        submit="Mail me a link"
      >
        <Field name="email" />
      </Form>
      <p className="beside">
        <Link href="/sign-in">Back to sign in</Link>
      </p>
    </Card>
  );
}
