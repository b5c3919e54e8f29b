// How this app's server reaches Doorkey.
import "server-only";

/** Doorkey's origin as seen from here: a server of its own, or, on Vercel, the functions of this deployment. */
export function doorkeyOrigin(): string {
  const { DOORKEY_URL, VERCEL_URL } = process.env;
  return DOORKEY_URL ?? (VERCEL_URL ? `https://${VERCEL_URL}` : "http://127.0.0.1:7860");
}

/** GET from Doorkey in the visitor's name. Never cached: another visitor would get this one's answer. */
export function askDoorkey(path: string, cookie: string): Promise<Response> {
  return fetch(new URL(path, doorkeyOrigin()), {
    headers: { cookie },
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(10_000),
  }).catch((error: Error) => {
    throw new Error(`${path} was not answered: ${error.message}`);
  });
}
