"use client";
// A labelled field of a form (components/form.tsx), whose hint and error are read out with it.
import { type InputHTMLAttributes, use, useId, useState } from "react";
import { Button } from "@/components/button";
import { ErrorOf } from "@/components/form";
import type { FieldName } from "@/lib/messages";

type Looks = { label: string; hint?: string } & Pick<InputHTMLAttributes<HTMLInputElement>, "type" | "autoComplete" | "defaultValue">;

/** What each is, unless a form says otherwise. Password managers go by `autoComplete`. */
const USUAL: Record<FieldName, Looks> = {
  name: { label: "Name", autoComplete: "name" },
  email: { label: "E-mail", type: "email", autoComplete: "email" },
  password: { label: "Password", type: "password", autoComplete: "current-password" },
  currentPassword: { label: "Current password", type: "password", autoComplete: "current-password" },
  newPassword: { label: "New password", type: "password", autoComplete: "new-password", hint: "At least 8 characters." },
};

export function Field({ name, ...other }: { name: FieldName } & Partial<Looks>) {
  const { label, hint, type = "text", ...input } = { ...USUAL[name], ...other };
  const id = useId();
  const error = use(ErrorOf)(name);
  const [shown, setShown] = useState(false);
  const secret = type === "password";
  const describedBy = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="control">
        <input
          {...input}
          id={id}
          name={name}
          type={secret && shown ? "text" : type}
          required
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy || undefined}
          {...(secret || type === "email" ? { autoCapitalize: "none", spellCheck: false } : {})}
        />
        {secret && (
          <Button type="button" className="reveal" aria-pressed={shown} onClick={() => setShown(!shown)}>
            {shown ? "Hide" : "Show"}
            <span className="visually-hidden"> {label.toLowerCase()}</span>
          </Button>
        )}
      </div>
      {error && (
        <p className="error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
