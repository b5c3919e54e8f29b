import type { NextConfig } from "next";

// On Vercel the functions answer below /api/auth themselves (vercel.json); everywhere else Next.js passes those
// requests on, so that the browser knows one origin only and the session's cookie is first-party.
const doorkey = process.env.DOORKEY_URL ?? (process.env.VERCEL ? undefined : "http://127.0.0.1:7860");

const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  // The address of the page that sets a new password has the link's token in it.
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), browsing-topics=()" },
  // Browsers heed it on https alone.
  { key: "Strict-Transport-Security", value: "max-age=63072000" },
];

const config: NextConfig = {
  poweredByHeader: false,
  // The Content-Security-Policy has a nonce of its own for every page: proxy.ts. Doorkey's answers have their own headers.
  headers: async () => [{ source: "/((?!api/auth/).*)", headers: securityHeaders }],
  rewrites: async () =>
    doorkey ? [{ source: "/api/auth/:path*", destination: `${doorkey}/api/auth/:path*` }] : [],
};

export default config;
