"use client";
// In place of a form that has done its work: what to do next. It gets the focus, since the form that had it is gone.
import { type ReactNode, useEffect, useRef } from "react";

export function CheckMail({ children }: { children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <section className="card" aria-labelledby="title">
      <h1 id="title" ref={heading} tabIndex={-1}>
        Check your mail
      </h1>
      {children}
    </section>
  );
}
