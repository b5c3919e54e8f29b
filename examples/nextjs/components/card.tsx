// The frame of the small pages: one heading, one thing to do.
import { type ReactNode, useId } from "react";

export function Card({ title, lead, children }: { title: string; lead?: ReactNode; children?: ReactNode }) {
  // With Cache Components the page that one came from is still there, hidden: no name may be the same in two.
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <h1 id={id}>{title}</h1>
      {lead && <p className="lead">{lead}</p>}
      {children}
    </section>
  );
}
