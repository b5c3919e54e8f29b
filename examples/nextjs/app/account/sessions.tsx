"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { Button } from "@/components/button";
import { Alert, Status } from "@/components/form-parts";
import { Panel } from "@/components/panel";
import { authClient } from "@/lib/auth-client";
import { deviceName } from "@/lib/devices";
import type { Problem } from "@/lib/messages";
import { attempt } from "@/lib/attempt";

type Session = NonNullable<Awaited<ReturnType<typeof authClient.listSessions>>["data"]>[number];

const CHANGED = "sessions-changed";

/** Another part of the page ended sessions. */
export const sessionsChanged = () => window.dispatchEvent(new Event(CHANGED));

export function Sessions({ current }: { current: string }) {
  const [sessions, setSessions] = useState<Session[]>();
  const [problem, setProblem] = useState<Problem>();
  const [said, setSaid] = useState("");
  const list = useRef<HTMLUListElement>(null);

  const load = useCallback(async () => {
    const failed = await attempt(async (options) => {
      const answer = await authClient.listSessions({ fetchOptions: options });
      if (answer.data) setSessions(answer.data);
      return answer;
    });
    setProblem(failed);
  }, []);

  useEffect(() => {
    void load();
    window.addEventListener(CHANGED, load);
    return () => window.removeEventListener(CHANGED, load);
  }, [load]);

  async function end(send: Parameters<typeof attempt>[0], what: string) {
    const failed = await attempt(send);
    if (failed) return setProblem(failed);
    await load();
    setSaid(what);
    // The button that had the focus is gone.
    list.current?.focus();
  }

  const revoke = ({ token, userAgent }: Session) =>
    end((options) => authClient.revokeSession({ token }, options), `${deviceName(userAgent)} is signed out.`);
  const revokeOthers = () =>
    end((options) => authClient.revokeOtherSessions({ fetchOptions: options }), "You are signed out everywhere else.");

  const newestFirst = sessions?.toSorted(
    (a, b) => Number(b.id === current) - Number(a.id === current) || +new Date(b.updatedAt) - +new Date(a.updatedAt),
  );
  return (
    <Panel title="Where you are signed in">
      <Alert problem={problem} />
      <Status>{said}</Status>
      <ul className="sessions" ref={list} tabIndex={-1} aria-label="Sessions" aria-busy={!sessions}>
        {newestFirst?.map((session) => (
          <Row key={session.id} session={session} isThis={session.id === current} onRevoke={() => revoke(session)} />
        ))}
        {!sessions && !problem && <li className="quiet">Looking …</li>}
      </ul>
      {sessions && sessions.length > 1 && (
        <Button type="button" onClick={revokeOthers}>
          Sign out everywhere else
        </Button>
      )}
    </Panel>
  );
}

function Row({ session, isThis, onRevoke }: { session: Session; isThis: boolean; onRevoke(): void }) {
  const name = deviceName(session.userAgent);
  return (
    <li>
      <div>
        <strong>{name}</strong> {isThis && <span className="badge good">this browser</span>}
        <p className="quiet">
          Since {new Date(session.createdAt).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}
          {session.ipAddress ? ` · ${session.ipAddress}` : ""}
        </p>
      </div>
      {!isThis && (
        <Button type="button" className="small" onClick={onRevoke}>
          Sign out<span className="visually-hidden"> {name}</span>
        </Button>
      )}
    </li>
  );
}
