"use client";
// What every form does: check the fields, call the client, and say what went wrong where it belongs.
import { type FormEvent, useEffect, useRef, useState } from "react";
import { type FieldName, type Problem, problemOf, unreachable } from "./messages";

/** Passed to the client's functions, so that the answer's headers are seen as well. */
export type FetchOptions = { onError(context: { response?: Response }): void };
type Answer = { error: { status?: number; code?: string } | null };
type Values = Record<FieldName, string>;

type Form = {
  fields: readonly FieldName[];
  /** Call the client. What it answers is looked at here. */
  send(values: Values, options: FetchOptions): Promise<Answer>;
  /** It went well. `form` is for clearing it. */
  done(values: Values, form: HTMLFormElement): void | Promise<void>;
};

export function useForm({ fields, send, done }: Form) {
  const form = useRef<HTMLFormElement>(null);
  const [pending, setPending] = useState(false);
  const [problems, setProblems] = useState<Problem[]>([]);
  const [wait, setWait] = useState(0);

  // Count the waiting time of a 429 down to zero.
  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);

  // The first field with a fault gets the focus, once its error is there to be read out with it.
  useEffect(() => {
    const field = problems.find((problem) => problem.field)?.field;
    const input = field && form.current?.elements.namedItem(field);
    if (input instanceof HTMLElement) input.focus();
  }, [problems]);

  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending || wait > 0) return;
    const element = event.currentTarget;
    const values = valuesOf(element, fields);
    const faults = fields.flatMap((field) => fault(field, values[field], element) ?? []);
    setProblems(faults);
    if (faults.length > 0) return;
    setPending(true);
    try {
      const problem = await attempt((options) => send(values, options), fields);
      if (problem) {
        setProblems([problem]);
        setWait(problem.retryAfter ?? 0);
      } else {
        await done(values, element);
      }
    } finally {
      setPending(false);
    }
  }

  return {
    pending,
    wait,
    /** What is said above the form, if anything. */
    problem: problems.find((problem) => !problem.field),
    errorOf: (field: FieldName) => problems.find((problem) => problem.field === field)?.text,
    // Without `post`, a form sent before this code has loaded would put the password into the address.
    props: { ref: form, onSubmit, noValidate: true, method: "post" } as const,
  };
}

/** Call the client; returns what went wrong, or nothing. */
export async function attempt(
  send: (options: FetchOptions) => Promise<Answer>,
  fields: readonly FieldName[] = [],
): Promise<Problem | undefined> {
  let retryAfter: number | undefined;
  const onError: FetchOptions["onError"] = ({ response }) => {
    const seconds = Number(response?.headers.get("Retry-After"));
    if (response?.status === 429 && seconds > 0) retryAfter = Math.ceil(seconds);
  };
  try {
    const { error } = await send({ onError });
    return error ? problemOf(error, fields, retryAfter) : undefined;
  } catch {
    return unreachable;
  }
}

function valuesOf(form: HTMLFormElement, fields: readonly FieldName[]): Values {
  const data = new FormData(form);
  const empty: Values = { name: "", email: "", password: "", currentPassword: "", newPassword: "" };
  // Passwords are taken as typed, spaces and all.
  const value = (field: FieldName) => (isPassword(field) ? String(data.get(field) ?? "") : String(data.get(field) ?? "").trim());
  return { ...empty, ...Object.fromEntries(fields.map((field) => [field, value(field)])) };
}

const isPassword = (field: FieldName) => field === "password" || field === "currentPassword" || field === "newPassword";

const MISSING: Record<FieldName, string> = {
  name: "Please tell us what to call you.",
  email: "Please enter your e-mail address.",
  password: "Please enter your password.",
  currentPassword: "Please enter your current password.",
  newPassword: "Please choose a password.",
};

/** What can be seen without asking. Everything else is for the server to judge. */
function fault(field: FieldName, value: string, form: HTMLFormElement): Problem | undefined {
  if (value === "") return { field, text: MISSING[field] };
  const input = form.elements.namedItem(field);
  if (input instanceof HTMLInputElement && input.validity.typeMismatch) {
    return { field, text: "This does not look like an e-mail address." };
  }
  return undefined;
}
