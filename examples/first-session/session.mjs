// A first session with the stock Better Auth client, in a terminal: sign up,
// be verified, list sessions, sign out. In a browser the cookie jar and the
// Origin header are the browser's own, and two lines are left of all this.
import { createAuthClient } from "better-auth/client";

const jar = new Map();
const auth = createAuthClient({
  baseURL: process.env.DOORKEY_URL ?? "http://localhost:7860",
  fetchOptions: {
    customFetchImpl: async (url, init) => {
      const headers = new Headers(init.headers);
      headers.set("origin", "http://localhost:3000");
      headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
      const response = await fetch(url, { ...init, headers });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
        if (/max-age=0/i.test(cookie)) jar.delete(name);
        else jar.set(name, value);
      }
      return response;
    },
  },
});

const email = `ann-${Date.now()}@example.com`;
const password = "correct-horse-battery";

const show = (what, { data, error }) => {
  console.log(`${what}:`, error ? `${error.status} ${error.code}` : data);
  return data;
};

show("sign-up", await auth.signUp.email({ name: "Ann", email, password }));
show("sign-out", await auth.signOut());
show("wrong password", await auth.signIn.email({ email, password: "not-this-one" }));
show("sign-in", await auth.signIn.email({ email, password }));
show("session", await auth.getSession());
show("sessions", await auth.listSessions());
show("sign-out", await auth.signOut());
show("session", await auth.getSession());
