// Calling the Better Auth client, whose refusals are answers and whose silence is an exception.
import { type FieldName, type Problem, problemOf, unreachable } from "./messages";

/** Passed to the client's functions, so that the answer's headers are seen as well. */
export type FetchOptions = { onError(context: { response?: Response }): void };
export type Answer = { error: { status?: number; code?: string } | null };

/** Call the client; returns what went wrong, or nothing. */
export async function attempt(
  send: (options: FetchOptions) => Promise<Answer>,
  fields: readonly FieldName[] = [],
): Promise<Problem | undefined> {
  let retryAfter: number | undefined;
  const onError: FetchOptions["onError"] = ({ response }) => {
    const seconds = Number(response?.headers.get("Retry-After"));
    if (response?.status === 429 && seconds > 0) retryAfter = Math.ceil(seconds);
  };
  try {
    const { error } = await send({ onError });
    return error ? problemOf(error, fields, retryAfter) : undefined;
  } catch {
    return unreachable;
  }
}
