"use client";
import { Field } from "@/components/field";
import { Form } from "@/components/form";
import { Panel } from "@/components/panel";
import { Username } from "@/components/username";
import { authClient } from "@/lib/auth-client";
import { sessionsChanged } from "./sessions";

export function Password({ email }: { email: string }) {
  return (
    <Panel title="Password">
      <Form
        fields={["currentPassword", "newPassword"]}
        send={({ currentPassword, newPassword }, options) => authClient.changePassword({ currentPassword, newPassword }, options)}
        done={(_, form) => {
          form.reset();
          sessionsChanged();
          return "Your password is changed, and you are signed out everywhere else.";
        }}
        submit="Change the password"
      >
        <Username email={email} />
        <Field name="currentPassword" />
        <Field name="newPassword" />
      </Form>
    </Panel>
  );
}
