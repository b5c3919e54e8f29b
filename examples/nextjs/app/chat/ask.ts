// Asks the chat, and hands on the answer piece by piece.

type Kind = "signed-out" | "busy" | "unreachable" | "broken";

const TEXTS: Record<Kind, string> = {
  "signed-out": "You are signed out, and the parrot talks to signed-in people only.",
  busy: "That was a lot. Give the parrot a moment.",
  unreachable: "We cannot reach the chat. Check your connection and try again.",
  broken: "The parrot does not answer right now. Try again in a moment.",
};

export class ChatError extends Error {
  constructor(readonly kind: Kind) {
    super(TEXTS[kind]);
  }
}

export async function ask(text: string, signal: AbortSignal, onPiece: (piece: string) => void): Promise<void> {
  const answer = await fetch("/api/chat", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ message: text }),
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : new ChatError("unreachable");
  });
  if (answer.status === 401) throw new ChatError("signed-out");
  if (answer.status === 429) throw new ChatError("busy");
  if (!answer.ok || !answer.body) throw new ChatError("broken");
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onPiece(value);
  }
}
