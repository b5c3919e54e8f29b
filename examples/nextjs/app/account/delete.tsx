"use client";
import { useRef } from "react";
import { Button } from "@/components/button";
import { Field } from "@/components/field";
import { Form } from "@/components/form";
import { Panel } from "@/components/panel";
import { Username } from "@/components/username";
import { authClient } from "@/lib/auth-client";

export function DeleteAccount({ email }: { email: string }) {
  // The browser's own dialog keeps the focus inside, closes on Escape, and gives the focus back.
  const dialog = useRef<HTMLDialogElement>(null);
  const keep = (
    <Button type="button" onClick={() => dialog.current?.close()}>
      Keep it
    </Button>
  );
  return (
    <Panel title="Delete the account" className="danger-zone">
      <p>Your account, your sessions and all that belongs to them are gone at once, for good.</p>
      <Button type="button" className="danger" onClick={() => dialog.current?.showModal()}>
        Delete my account …
      </Button>
      <dialog ref={dialog} aria-labelledby="delete-title">
        <h2 id="delete-title">Delete your account?</h2>
        <p>This cannot be undone. To make sure that it is you, enter your password.</p>
        <Form
          fields={["password"]}
          send={({ password }, options) => authClient.deleteUser({ password }, options)}
          done={() => window.location.assign("/")}
          submit="Delete for good"
          kind="danger"
          beside={keep}
        >
          <Username email={email} />
          <Field name="password" />
        </Form>
      </dialog>
    </Panel>
  );
}
