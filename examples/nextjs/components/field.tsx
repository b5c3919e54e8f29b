"use client";
// A labelled field whose hint and error are read out with it.
import { type InputHTMLAttributes, useId, useState } from "react";
import { Button } from "@/components/button";
import type { FieldName } from "@/lib/messages";

type Props = {
  name: FieldName;
  label: string;
  hint?: string;
  error?: string;
} & Pick<InputHTMLAttributes<HTMLInputElement>, "type" | "autoComplete" | "defaultValue" | "autoFocus">;

export function Field({ name, label, hint, error, type = "text", ...input }: Props) {
  const id = useId();
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
