"use client";
// "Send the link again", wherever an address is not confirmed.
import { useState } from "react";
import { Button } from "@/components/button";
import { authClient } from "@/lib/auth-client";
import { duration, type Problem } from "@/lib/messages";
import { attempt } from "@/lib/attempt";

export function Resend({ email, callbackURL = "/verify-email" }: { email: string; callbackURL?: string }) {
  const [state, setState] = useState<"idle" | "pending" | "sent">("idle");
  const [problem, setProblem] = useState<Problem>();

  async function resend() {
    if (state === "pending") return;
    setState("pending");
    const failed = await attempt((options) => authClient.sendVerificationEmail({ email, callbackURL }, options));
    setProblem(failed);
    setState(failed ? "idle" : "sent");
  }

  return (
    <div className="resend">
      <Button type="button" className="link" onClick={resend} aria-disabled={state === "pending"}>
        {state === "sent" ? "Send it once more" : "Send the link again"}
      </Button>
      <span role="status">
        {state === "sent" && `Sent to ${email}.`}
        {problem?.text} {problem?.retryAfter ? `Try again in ${duration(problem.retryAfter)}.` : ""}
      </span>
    </div>
  );
}
