// Asks, and shows the answer while it arrives. All that comes from people or documents is put in as text, never as
// HTML. Who has no session any more is led to the sign-in by loading the page again: that is the guard's business.

const byId = (id) => document.getElementById(id);
const log = byId("log");
const field = byId("question");
const problem = byId("problem");
let busy = false;

function add(parent, tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  parent.append(made);
  return made;
}

/** The events of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html), which answers a POST. */
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block);
      yield { name, ...JSON.parse(data) };
    }
  }
}

async function show(response, answer) {
  let text;
  let ended = false;
  for await (const part of events(response)) {
    const atEnd = innerHeight + scrollY >= document.body.scrollHeight - 80;
    if (part.name === "passage") {
      const figure = add(answer, "figure", "");
      text = add(add(figure, "blockquote", ""), "p", "");
      add(figure, "figcaption", "", [part.title, part.section, part.source].filter(Boolean).join(" · "));
    } else if (part.name === "text") {
      text.append(part.text);
    } else if (part.name === "done") {
      ended = true;
      if (part.found === 0) add(answer, "p", "", "The documents say nothing about that.");
    }
    if (atEnd) scrollTo(0, document.body.scrollHeight);
  }
  if (!ended) throw new Error("cut short");
}

async function ask(question) {
  if (busy || !question.trim()) return;
  busy = true;
  byId("send").setAttribute("aria-disabled", "true");
  problem.textContent = "";
  byId("welcome").hidden = true;
  add(log, "p", "mine", question);
  const answer = add(log, "div", "answer");
  // Read out when it is whole, and not word by word.
  answer.setAttribute("aria-busy", "true");
  field.value = "";
  scrollTo(0, document.body.scrollHeight);
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch("/ask", { method: "POST", headers, body: JSON.stringify({ question }) });
    if (response.status === 401) return location.reload();
    if (!response.ok) throw new Error(response.status);
    await show(response, answer);
  } catch {
    problem.textContent = "The answer did not arrive. Please ask again.";
    field.value ||= question;
  } finally {
    answer.removeAttribute("aria-busy");
    byId("send").removeAttribute("aria-disabled");
    busy = false;
    field.focus({ preventScroll: true });
  }
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  ask(field.value);
});

field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId("ask").requestSubmit();
  }
});

for (const example of document.querySelectorAll(".examples button")) {
  example.addEventListener("click", () => ask(example.textContent));
}

// Doorkey's own path, as the account's page is. The page itself is then only reached by signing in.
byId("sign-out").addEventListener("click", async () => {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("/api/auth/sign-out", { method: "POST", headers, body: "{}" }).catch(() => undefined);
  if (response?.ok) location.assign("/");
  else problem.textContent = "You could not be signed out. Please try again.";
});

const me = await fetch("/me").catch(() => undefined);
if (me?.status === 401) location.reload();
else if (me?.ok) {
  const { name, email } = await me.json();
  byId("who").textContent = name || email;
}
