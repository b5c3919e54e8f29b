"use client";
import { useState } from "react";
import { Field } from "@/components/field";
import { Alert, Status, Submit } from "@/components/form-parts";
import { Panel } from "@/components/panel";
import { Resend } from "@/components/resend";
import { authClient } from "@/lib/auth-client";
import { useForm } from "@/lib/use-form";

export function Email({ email, verified }: { email: string; verified: boolean }) {
  const [asked, setAsked] = useState<string>();
  const form = useForm({
    fields: ["email"],
    send: (values, options) =>
      authClient.changeEmail({ newEmail: values.email, callbackURL: "/verify-email?callbackURL=/account" }, options),
    done: (values, element) => {
      setAsked(values.email);
      element.reset();
    },
  });
  return (
    <Panel title="E-mail address">
      <p className="value">
        {email} <span className={verified ? "badge good" : "badge"}>{verified ? "confirmed" : "not confirmed"}</span>
      </p>
      {!verified && <Resend email={email} callbackURL="/verify-email?callbackURL=/account" />}
      <form {...form.props}>
        <Alert problem={form.problem} />
        {/* The same is said of an address that is taken: nobody learns who has an account. */}
        <Status>{asked && `Open the link that goes to ${asked}. Until then nothing changes.`}</Status>
        <Field
          name="email"
          label="New address"
          type="email"
          autoComplete="email"
          hint="We will mail a link to it, and tell the old address."
          error={form.errorOf("email")}
        />
        <Submit {...form}>Change the address</Submit>
      </form>
    </Panel>
  );
}
