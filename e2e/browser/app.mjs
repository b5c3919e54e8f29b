// An app of a few pages on an origin of its own, whose script is the stock client as a bundler makes it.
import http from "node:http";
import { build } from "esbuild";

const FIELDS = {
  "/sign-up": { name: "text", email: "email", password: "password" },
  "/sign-in": { email: "email", password: "password" },
  "/forgot": { email: "email" },
  "/reset": { newPassword: "password" },
  "/welcome": {},
};

/** Runs in the browser: a form's fields go to the client, its answer to the page's `output`. */
const SCRIPT = `
import { createAuthClient } from "better-auth/client";

const client = createAuthClient({ baseURL: document.documentElement.dataset.auth });
const query = new URLSearchParams(location.search);
const welcome = location.origin + "/welcome";
const actions = {
  "/sign-up": (fields) => client.signUp.email({ ...fields, callbackURL: welcome }),
  "/sign-in": (fields) => client.signIn.email(fields),
  "/forgot": (fields) => client.requestPasswordReset({ ...fields, redirectTo: location.origin + "/reset" }),
  "/reset": (fields) => client.resetPassword({ ...fields, token: query.get("token") }),
  "/welcome": () => client.getSession(),
};
const act = async (fields) => {
  const { data, error } = await actions[location.pathname](fields);
  document.querySelector("output").textContent = JSON.stringify(error ? { error: error.code } : data);
};
const form = document.querySelector("form");
form.addEventListener("submit", (event) => {
  event.preventDefault();
  act(Object.fromEntries(new FormData(form)));
});
if (location.pathname === "/welcome") act({});
`;

/** Start it; `auth` is to be set to the origin of the back end. Returns `origin`, and `stop`. */
export async function startApp() {
  const app = { auth: undefined };
  const stdin = { contents: SCRIPT, resolveDir: import.meta.dirname };
  const bundle = await build({ stdin, bundle: true, format: "esm", platform: "browser", write: false });
  const server = http.createServer((request, response) => {
    const path = request.url.split("?")[0];
    if (path === "/app.js") return response.setHeader("content-type", "text/javascript").end(bundle.outputFiles[0].text);
    if (!FIELDS[path]) return response.writeHead(404).end();
    return response.setHeader("content-type", "text/html").end(html(path, app.auth));
  });
  await new Promise((done, fail) => server.once("error", fail).listen(0, "127.0.0.1", done));
  app.origin = `http://localhost:${server.address().port}`;
  app.stop = () => new Promise((done) => server.close(done).closeAllConnections());
  return app;
}

function html(path, auth) {
  const fields = Object.entries(FIELDS[path]);
  const inputs = fields.map(([name, type]) => `<label>${name} <input name="${name}" type="${type}" required></label>`);
  return `<!doctype html><html lang="en" data-auth="${auth}"><meta charset="utf-8"><title>${path}</title>
<form>${inputs.join("")}<button>Send</button></form><output></output><script type="module" src="/app.js"></script></html>`;
}

/** Fill in a page's form, send it, and return what the client answered. */
export async function send(page, url, fields) {
  await page.goto(url);
  return fillIn(page, fields);
}

/** The same on the page that is open. */
export async function fillIn(page, fields) {
  for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
  await page.click("button");
  return shown(page);
}

/** What the client answered, once the page shows it. */
export async function shown(page) {
  await page.waitForFunction(() => document.querySelector("output").textContent !== "");
  return JSON.parse(await page.textContent("output"));
}
