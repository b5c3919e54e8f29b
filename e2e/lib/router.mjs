// Puts the functions behind one origin, as the platform's rewrites do: by path, everything else passed on as it is.
import http from "node:http";

/** Which function serves which path: the table of functions, as a browser sees it. */
const FUNCTION_OF = {
  "/health": "health",
  "/api/auth/ok": "health",
  "/api/signup": "signup",
  "/api/auth/sign-up/email": "signup",
  "/api/signin": "signin",
  "/api/auth/sign-in/email": "signin",
  "/api/verify": "verify",
  "/api/auth/get-session": "verify",
  "/api/auth/sign-out": "sessions",
  "/api/auth/list-sessions": "sessions",
  "/api/auth/revoke-session": "sessions",
  "/api/auth/revoke-sessions": "sessions",
  "/api/auth/revoke-other-sessions": "sessions",
};

/** The functions there are. */
export const FUNCTIONS = [...new Set(Object.values(FUNCTION_OF))];

/** Listen for functions whose own ports are `ports[name]`, to be filled in later; returns `port` and `stop`. */
export async function startRouter(ports) {
  const server = http.createServer((request, response) => {
    const name = FUNCTION_OF[request.url.split("?")[0]];
    if (!name) return response.writeHead(404).end();
    const options = {
      host: "127.0.0.1",
      port: ports[name],
      method: request.method,
      path: request.url,
      headers: request.rawHeaders,
      agent: false,
    };
    const upstream = http.request(options, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    upstream.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    return request.pipe(upstream);
  });
  await new Promise((done, fail) => server.once("error", fail).listen(0, "127.0.0.1", done));
  const stop = () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
  return { port: server.address().port, stop };
}
