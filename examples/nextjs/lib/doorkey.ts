// How this app's server reaches Doorkey.
import "server-only";

/** GET from Doorkey in the visitor's name. Never cached: another visitor would get this one's answer. */
export function askDoorkey(path: string, visitor: Pick<Headers, "get">): Promise<Response> {
  return fetch(new URL(path, doorkeyOrigin(visitor.get("host"))), {
    headers: { cookie: visitor.get("cookie") ?? "", ...pass() },
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(10_000),
  }).catch((error: Error) => {
    throw new Error(`${path} was not answered: ${error.message}`);
  });
}

/** Doorkey's origin as seen from here: a server of its own, or, on Vercel, the functions of this deployment. */
function doorkeyOrigin(host: string | null): string {
  if (process.env.DOORKEY_URL) return process.env.DOORKEY_URL;
  if (!deployed()) return "http://127.0.0.1:7860";
  // Where the visitor is, if that is one of ours: a protected deployment lets in whom it gave a cookie, and only at
  // the host that gave it. What a request says of its host is believed no further than that.
  const own = ownOrigins();
  const origin = own.find((each) => new URL(each).host === host) ?? own[0];
  if (!origin) throw new Error('expose Vercel\'s "System Environment Variables", or set PUBLIC_URL');
  return origin;
}

/** Where Vercel serves this deployment, the best first: its own host is often closed to all but the project's members. */
function ownOrigins(): string[] {
  const { PUBLIC_URL, VERCEL_ENV, VERCEL_URL, VERCEL_BRANCH_URL, VERCEL_PROJECT_PRODUCTION_URL } = process.env;
  // A preview is told the production's host, too, which is another deployment.
  const hosts = [VERCEL_ENV === "production" && VERCEL_PROJECT_PRODUCTION_URL, VERCEL_URL, VERCEL_BRANCH_URL];
  return [PUBLIC_URL, ...hosts.map((host) => host && `https://${host}`)].filter((origin) => !!origin) as string[];
}

/** What lets programs into a protected deployment, if the project has that: "Protection Bypass for Automation". */
function pass(): Record<string, string> {
  const secret = process.env.VERCEL_AUTOMATION_BYPASS_SECRET;
  return secret && deployed() && !process.env.DOORKEY_URL ? { "x-vercel-protection-bypass": secret } : {};
}

/** `vercel env pull` brings VERCEL to the developer's machine, too, as "development". */
function deployed() {
  return process.env.VERCEL && process.env.VERCEL_ENV !== "development";
}
