import type { Metadata, Viewport } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { Visitor } from "@/components/visitor";
import { getSession } from "@/lib/session";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Parrot", template: "%s · Parrot" },
  description: "A chat that repeats what you say, for signed-in people only.",
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f7f6f3" },
    { media: "(prefers-color-scheme: dark)", color: "#15171a" },
  ],
};

export default async function Layout({ children }: { children: ReactNode }) {
  // A page that everybody may see is shown even when Doorkey does not answer.
  const session = await getSession().catch(() => null);
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#main">
          Skip to content
        </a>
        <header className="top">
          <Link href="/" className="brand">
            <span aria-hidden="true" className="mark" />
            Parrot
          </Link>
          <Visitor initial={session && { name: session.user.name }} />
        </header>
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </body>
    </html>
  );
}
