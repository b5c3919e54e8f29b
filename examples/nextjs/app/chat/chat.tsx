"use client";
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button } from "@/components/button";
import { signInPath } from "@/lib/paths";
import { ask, ChatError } from "./ask";

type Message = { id: number; from: "you" | "parrot"; text: string };

export function Chat({ name }: { name: string }) {
  const [messages, setMessages] = useState<Message[]>([]);
  const [problem, setProblem] = useState<ChatError>();
  const [answering, setAnswering] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const abort = useRef<AbortController>(undefined);
  const hint = useId();

  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [messages]);
  useEffect(() => () => abort.current?.abort(), []);

  async function send(event?: FormEvent) {
    event?.preventDefault();
    const text = box.current?.value.trim();
    if (!box.current || !text || answering) return;
    box.current.value = "";
    setProblem(undefined);
    setAnswering(true);
    const id = (messages.at(-1)?.id ?? 0) + 1;
    setMessages([...messages, { id, from: "you", text }, { id: id + 1, from: "parrot", text: "" }]);
    abort.current = new AbortController();
    try {
      await ask(text, abort.current.signal, (piece) =>
        setMessages((all) => all.map((each) => (each.id === id + 1 ? { ...each, text: each.text + piece } : each))),
      );
    } catch (error) {
      // An answer that did not begin is none.
      setMessages((all) => all.filter((each) => each.text !== ""));
      if (!abort.current.signal.aborted) setProblem(error instanceof ChatError ? error : new ChatError("broken"));
    } finally {
      setAnswering(false);
      box.current?.focus();
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    // Not while an input method is composing a character: there Enter takes the character.
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) void send(event as unknown as FormEvent);
  }

  return (
    <div className="chat">
      <h1>Chat</h1>
      {/* Read out once an answer is complete, not word by word. */}
      <div role="log" aria-label="Conversation" aria-busy={answering} className="log">
        {messages.length === 0 && (
          <p className="quiet">Hello, {name}. Say something, and the parrot will say it back, one word at a time.</p>
        )}
        {messages.map((message) => (
          <p key={message.id} className={`bubble ${message.from}`}>
            <span className="visually-hidden">{message.from === "you" ? "You: " : "Parrot: "}</span>
            {message.text || "…"}
          </p>
        ))}
      </div>
      <div role="alert">
        {problem && (
          <div className="notice bad">
            <p>{problem.message}</p>
            {problem.kind === "signed-out" && <a href={signInPath("/chat")}>Sign in</a>}
          </div>
        )}
      </div>
      <form className="composer" onSubmit={send}>
        <label htmlFor="message" className="visually-hidden">
          Message
        </label>
        <textarea id="message" ref={box} rows={2} placeholder="Say something" aria-describedby={hint} onKeyDown={onKeyDown} maxLength={2000} />
        {answering ? (
          <Button type="button" onClick={() => abort.current?.abort()}>
            Stop
          </Button>
        ) : (
          <Button type="submit" className="primary">
            Send
          </Button>
        )}
        <p className="hint" id={hint}>
          Enter sends, Shift and Enter makes a new line.
        </p>
      </form>
      <div ref={end} />
    </div>
  );
}
