"use client";
// Shown when a page cannot be made: as a rule, because Doorkey does not answer.
import { Card } from "@/components/card";

export default function ErrorPage({ reset }: { error: Error; reset(): void }) {
  return (
    <Card title="Something is not working" lead="We could not find out who you are. Your account is safe; try again in a moment.">
      {/* The page is asked for anew, not only drawn anew. */}
      <button type="button" className="primary" onClick={() => (reset(), window.location.reload())}>
        Try again
      </button>
    </Card>
  );
}
