"use client";
import { useRef } from "react";
import { Button } from "@/components/button";
import { Field } from "@/components/field";
import { Alert, Submit } from "@/components/form-parts";
import { Panel } from "@/components/panel";
import { Username } from "@/components/username";
import { authClient } from "@/lib/auth-client";
import { useForm } from "@/lib/use-form";

export function DeleteAccount({ email }: { email: string }) {
  // The browser's own dialog keeps the focus inside, closes on Escape, and gives the focus back.
  const dialog = useRef<HTMLDialogElement>(null);
  const form = useForm({
    fields: ["password"],
    send: ({ password }, options) => authClient.deleteUser({ password }, options),
    done: () => window.location.assign("/"),
  });
  return (
    <Panel title="Delete the account" className="danger-zone">
      <p>Your account, your sessions and all that belongs to them are gone at once, for good.</p>
      <Button type="button" className="danger" onClick={() => dialog.current?.showModal()}>
        Delete my account …
      </Button>
      <dialog ref={dialog} aria-labelledby="delete-title">
        <form {...form.props}>
          <h2 id="delete-title">Delete your account?</h2>
          <p>This cannot be undone. To make sure that it is you, enter your password.</p>
          <Alert problem={form.problem} />
          <Username email={email} />
          <Field name="password" label="Password" type="password" autoComplete="current-password" error={form.errorOf("password")} />
          <div className="actions">
            <Submit {...form} kind="danger">
              Delete for good
            </Submit>
            <Button type="button" onClick={() => dialog.current?.close()}>
              Keep it
            </Button>
          </div>
        </form>
      </dialog>
    </Panel>
  );
}
