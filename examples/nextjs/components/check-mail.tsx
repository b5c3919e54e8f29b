"use client";
// In place of a form that has done its work: what to do next. It gets the focus, since the form that had it is gone.
import { type ReactNode, useEffect, useId, useRef } from "react";

export function CheckMail({ children }: { children: ReactNode }) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <section className="card" aria-labelledby={id}>
      <h1 id={id} ref={heading} tabIndex={-1}>
        Check your mail
      </h1>
      {children}
    </section>
  );
}
