import type { Metadata } from "next";
import { requireSession } from "@/lib/session";
import { Chat } from "./chat";

export const metadata: Metadata = { title: "Chat" };

export default async function ChatPage() {
  const { user } = await requireSession("/chat");
  return <Chat name={user.name} />;
}
