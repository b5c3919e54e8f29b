//
// `next dev` runs no function of `api/`: it passes their paths on to Doorkey, which
// `cargo run` starts beside it. On Vercel nothing is passed on: `vercel.json` leads
// there. A build for elsewhere passes them on if DOORKEY_URL is set.
import type { NextConfig } from "next";

const LOCAL = "http://127.0.0.1:7860";
const PATHS = [
  /* PATHS */
];

type ConfigFunction = (
  phase: string,
  context: { defaultConfig: NextConfig },
) => NextConfig | Promise<NextConfig>;

export function withDoorkey(config: NextConfig): NextConfig;
export function withDoorkey(config: ConfigFunction): ConfigFunction;
export function withDoorkey(config: NextConfig | ConfigFunction): NextConfig | ConfigFunction {
  if (typeof config !== "function") return wrap(config);
  return async (phase, context) => wrap(await config(phase, context));
}

function wrap(config: NextConfig): NextConfig {
  const address = doorkey();
  if (address === undefined) return config;
  const ours = PATHS.map((source) => ({
    source,
    destination: `${address}${source}`,
    ...(config.basePath ? { basePath: false as const } : {}),
  }));
  return {
    ...config,
    async rewrites() {
      const theirs = (await config.rewrites?.()) ?? [];
      if (Array.isArray(theirs)) return [...ours, ...theirs];
      return { ...theirs, afterFiles: [...ours, ...(theirs.afterFiles ?? [])] };
    },
  };
}

function doorkey(): string | undefined {
  const developing = process.env.NODE_ENV === "development";
  // `vercel env pull` brings VERCEL to the developer's machine, too, as "development".
  const deployed = process.env.VERCEL && process.env.VERCEL_ENV !== "development";
  if (deployed && !developing) return undefined;
  const set = process.env.DOORKEY_URL?.replace(/\/+$/, "");
  if (!set) return developing ? LOCAL : undefined;
  // Next.js would say of its rewrites what is wrong with them, or pass requests on to nowhere.
  if (!/^https?:\/\/[^\s?#]+$/i.test(set) || !URL.canParse(set)) {
    throw new Error(`DOORKEY_URL must be an address such as ${LOCAL}, not "${set}"`);
  }
  return set;
}
