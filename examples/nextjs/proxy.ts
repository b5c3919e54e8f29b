// Runs before every page (Next.js 16's name for middleware): sends signed-out visitors of protected pages to
// sign-in, and gives each page a Content-Security-Policy with a nonce of its own.
import { getSessionCookie } from "better-auth/cookies";
import { type NextRequest, NextResponse } from "next/server";

const PROTECTED = ["/account", "/chat"];

export function proxy(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  // There is a cookie, which may be anything: a quick way to the sign-in page and no more. The page itself asks
  // Doorkey who it is (lib/session.ts).
  if (isProtected(pathname) && !getSessionCookie(request)) {
    const signIn = new URL("/sign-in", request.url);
    signIn.searchParams.set("callbackURL", pathname + search);
    return NextResponse.redirect(signIn);
  }
  const policy = contentSecurityPolicy(newNonce(), request.nextUrl.protocol === "https:");
  // Next.js reads the nonce from the request's header and puts it on its own scripts.
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

export const config = {
  // All but Doorkey's and our own endpoints and built files, none of which is a page.
  matcher: ["/((?!api/|_next/static|_next/image|icon.svg|robots.txt).*)"],
};

function isProtected(pathname: string) {
  return PROTECTED.some((page) => pathname === page || pathname.startsWith(`${page}/`));
}

function newNonce() {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

function contentSecurityPolicy(nonce: string, https: boolean) {
  // `next dev` evaluates code and injects styles; what is built does neither.
  const developing = process.env.NODE_ENV === "development";
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${developing ? " 'unsafe-eval'" : ""}`,
    `style-src 'self'${developing ? " 'unsafe-inline'" : ""}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(https ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}
