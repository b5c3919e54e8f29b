// What is in a form, and what can be seen to be wrong with it without asking. Everything else is for the server to judge.
import type { FieldName, Problem } from "./messages";

export type Values = Record<FieldName, string>;

const PASSWORDS: readonly FieldName[] = ["password", "currentPassword", "newPassword"];

const MISSING: Record<FieldName, string> = {
  name: "Please tell us what to call you.",
  email: "Please enter your e-mail address.",
  password: "Please enter your password.",
  currentPassword: "Please enter your current password.",
  newPassword: "Please choose a password.",
};

export function valuesOf(form: HTMLFormElement, fields: readonly FieldName[]): Values {
  const data = new FormData(form);
  const value = (field: FieldName) => {
    const text = String(data.get(field) ?? "");
    // Passwords are taken as typed, spaces and all.
    return PASSWORDS.includes(field) ? text : text.trim();
  };
  const empty: Values = { name: "", email: "", password: "", currentPassword: "", newPassword: "" };
  return { ...empty, ...Object.fromEntries(fields.map((field) => [field, value(field)])) };
}

export function faultsOf(form: HTMLFormElement, fields: readonly FieldName[], values: Values): Problem[] {
  return fields.flatMap((field) => {
    if (values[field] === "") return { field, text: MISSING[field] };
    const input = form.elements.namedItem(field);
    const mistyped = input instanceof HTMLInputElement && input.validity.typeMismatch;
    return mistyped ? { field, text: "This does not look like an e-mail address." } : [];
  });
}
