"use client";
// A button that can be pressed once there is code behind it. Before that a press would be lost, or would send a form
// by the browser's own means; a disabled button keeps what was typed, and Enter in a field does nothing yet.
import { type ComponentProps, useSyncExternalStore } from "react";

const never = () => () => undefined;

export function Button(props: ComponentProps<"button">) {
  const ready = useSyncExternalStore(never, () => true, () => false);
  return <button {...props} disabled={!ready} />;
}
