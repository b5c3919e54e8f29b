// What forms say and end with.
import type { ReactNode } from "react";
import { Button } from "@/components/button";
import { duration, type Problem } from "@/lib/messages";

/** What went wrong and belongs to no field. The place is always there, so that what appears in it is read out. */
export function Alert({ problem, children }: { problem?: Problem; children?: ReactNode }) {
  return (
    <div role="alert">
      {problem && (
        <div className="notice bad">
          <p>
            {problem.text}
            {problem.retryAfter ? ` Try again in ${duration(problem.retryAfter)}.` : ""}
          </p>
          {children}
        </div>
      )}
    </div>
  );
}

/** What went well. */
export function Status({ children }: { children?: ReactNode }) {
  return <div role="status">{children ? <div className="notice good">{children}</div> : null}</div>;
}

type SubmitProps = { pending: boolean; wait: number; children: ReactNode; kind?: "primary" | "danger" };

/** Not `disabled` while it waits: it would lose the focus, and with it the keyboard's place. */
export function Submit({ pending, wait, children, kind = "primary" }: SubmitProps) {
  return (
    <Button type="submit" className={kind} aria-disabled={pending || wait > 0} aria-busy={pending}>
      {wait > 0 ? `Wait ${duration(wait)}` : children}
    </Button>
  );
}
