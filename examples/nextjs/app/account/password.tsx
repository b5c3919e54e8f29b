"use client";
import { useState } from "react";
import { Field } from "@/components/field";
import { Alert, Status, Submit } from "@/components/form-parts";
import { Panel } from "@/components/panel";
import { Username } from "@/components/username";
import { authClient } from "@/lib/auth-client";
import { useForm } from "@/lib/use-form";
import { sessionsChanged } from "./sessions";

export function Password({ email }: { email: string }) {
  const [changed, setChanged] = useState(false);
  const form = useForm({
    fields: ["currentPassword", "newPassword"],
    send: ({ currentPassword, newPassword }, options) => {
      setChanged(false);
      return authClient.changePassword({ currentPassword, newPassword }, options);
    },
    done: (_, element) => {
      setChanged(true);
      element.reset();
      sessionsChanged();
    },
  });
  return (
    <Panel title="Password">
      <form {...form.props}>
        <Alert problem={form.problem} />
        <Status>{changed && "Your password is changed, and you are signed out everywhere else."}</Status>
        <Username email={email} />
        <Field
          name="currentPassword"
          label="Current password"
          type="password"
          autoComplete="current-password"
          error={form.errorOf("currentPassword")}
        />
        <Field
          name="newPassword"
          label="New password"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters."
          error={form.errorOf("newPassword")}
        />
        <Submit {...form}>Change the password</Submit>
      </form>
    </Panel>
  );
}
