import type { NextConfig } from "next";
import { withDoorkey } from "./doorkey.next";

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
};

export default withDoorkey(config);
