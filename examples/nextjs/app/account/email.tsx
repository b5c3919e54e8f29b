"use client";
import { Field } from "@/components/field";
import { Form } from "@/components/form";
import { Panel } from "@/components/panel";
import { Resend } from "@/components/resend";
import { authClient } from "@/lib/auth-client";

const callbackURL = "/verify-email?callbackURL=/account";

export function Email({ email, verified }: { email: string; verified: boolean }) {
  return (
    <Panel title="E-mail address">
      <p className="value">
        {email} <span className={verified ? "badge good" : "badge"}>{verified ? "confirmed" : "not confirmed"}</span>
      </p>
      {!verified && <Resend email={email} callbackURL={callbackURL} />}
      <Form
        fields={["email"]}
        send={(values, options) => authClient.changeEmail({ newEmail: values.email, callbackURL }, options)}
        done={(values, form) => {
          form.reset();
          // The same is said of an address that is taken: nobody learns who has an account.
          return `Open the link that goes to ${values.email}. Until then nothing changes.`;
        }}
        submit="Change the address"
      >
        <Field name="email" label="New address" hint="We will mail a link to it, and tell the old address." />
      </Form>
    </Panel>
  );
}
