// The frame of the small pages: one heading, one thing to do.
import type { ReactNode } from "react";

export function Card({ title, lead, children }: { title: string; lead?: ReactNode; children?: ReactNode }) {
  return (
    <section className="card" aria-labelledby="title">
      <h1 id="title">{title}</h1>
      {lead && <p className="lead">{lead}</p>}
      {children}
    </section>
  );
}
