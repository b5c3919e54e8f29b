"use client";
// What every form here is: above, what came of it; fields; one button. It looks at the fields, calls the client, and
// says what went wrong where it belongs.
import { createContext, type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Alert, Status, Submit } from "@/components/form-parts";
import { type Answer, attempt, type FetchOptions } from "@/lib/attempt";
import { faultsOf, type Values, valuesOf } from "@/lib/fields";
import type { FieldName, Problem } from "@/lib/messages";

/** What is wrong with a field, for the fields within (components/field.tsx). */
export const ErrorOf = createContext<(field: FieldName) => string | undefined>(() => undefined);

type Props = {
  fields: readonly FieldName[];
  /** Call the client. What it answers is looked at here. */
  send(values: Values, options: FetchOptions): Promise<Answer>;
  /** It went well. `form` is for clearing it; what is returned is said above it. */
  done(values: Values, form: HTMLFormElement): string | void;
  /** The button's name. */
  submit: string;
  kind?: "primary" | "danger";
  /** What to offer when that went wrong. */
  help?(problem: Problem, values: Values): ReactNode;
  /** More buttons. */
  beside?: ReactNode;
  children: ReactNode;
};

export function Form({ fields, send, done, submit, kind, help, beside, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [pending, setPending] = useState(false);
  const [wait, setWait] = useState(0);
  const [{ problems, said, values }, setOutcome] = useState<{ problems: Problem[]; said?: string; values?: Values }>({ problems: [] });

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
    const faults = faultsOf(element, fields, values);
    setOutcome({ problems: faults, values });
    if (faults.length > 0) return;
    setPending(true);
    const problem = await attempt((options) => send(values, options), fields);
    setPending(false);
    if (problem) {
      setOutcome({ problems: [problem], values });
      setWait(problem.retryAfter ?? 0);
    } else {
      setOutcome({ problems: [], said: done(values, element) || undefined });
    }
  }

  const problem = problems.find(({ field }) => !field);
  const button = (
    <Submit pending={pending} wait={wait} kind={kind}>
      {submit}
    </Submit>
  );
  return (
    // Without `post`, a form sent before this code has loaded would put the password into the address.
    <form ref={form} onSubmit={onSubmit} noValidate method="post">
      <Alert problem={problem}>{problem && values && help?.(problem, values)}</Alert>
      <Status>{said}</Status>
      <ErrorOf value={(field) => problems.find((each) => each.field === field)?.text}>{children}</ErrorOf>
      {beside ? (
        <div className="actions">
          {button}
          {beside}
        </div>
      ) : (
        button
      )}
    </form>
  );
}
