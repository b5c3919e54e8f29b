// The comparison itself: what it must find, and what it must not take for a difference.
import assert from "node:assert/strict";
import { it } from "node:test";
import { ABSENT, checkAllowances, differences, judge } from "./compare.mjs";
import { DIFFERENCES } from "../differences.mjs";
import { served, untold } from "./coverage.mjs";
import { fields } from "./normalise.mjs";
import { report } from "./report.mjs";
import { Values } from "./values.mjs";

const target = { origin: "http://localhost:1", secret: "s".repeat(32) };
const SESSION = "better-auth.session_token";

/** A Set-Cookie line of a session as `of` would sign it. */
const sessionCookie = (token, { secret } = target) =>
  `${SESSION}=${encodeURIComponent(`${token}.${new Values({ secret }).hmac(token, "base64")}`)}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax`;

const answer = ({ status = 200, headers = [], setCookies = [], json, text = json === undefined ? "" : JSON.stringify(json) } = {}) => ({ status, headers, setCookies, json, text });

/** The differences of two stories, each a list of raw answers. */
function compared(one, two, mails = []) {
  const told = (answers) => {
    const values = new Values(target);
    return answers.map((raw, i) => ({ step: `step ${i}`, title: "", fields: fields(raw, { values, step: `step ${i}`, mails }) }));
  };
  return differences("story", told(one), told(two));
}

const found = (one, two) => compared([answer(one)], [answer(two)]).map(({ field, reference, ours }) => [field, reference, ours]);
const now = () => new Date().toISOString();
const later = (days) => new Date(Date.now() + days * 86_400_000).toISOString();

it("other random values and other moments are no difference", () => {
  assert.deepEqual(found({ json: { id: "a1", createdAt: now() } }, { json: { id: "b2", createdAt: later(0.0001) } }), []);
  assert.deepEqual(found({ setCookies: [sessionCookie("aaa")] }, { setCookies: [sessionCookie("bbb")] }), []);
});

it("a value that is another one's is told from a new one", () => {
  const same = [answer({ json: { id: "a" } }), answer({ json: { id: "a" } })];
  const other = [answer({ json: { id: "a" } }), answer({ json: { id: "b" } })];
  assert.deepEqual(compared(same, same), []);
  assert.deepEqual(compared(same, other).map(({ step, field }) => [step, field]), [["step 1", "body.id"]]);
});

it("a token that a cookie holds is told from a handle", () => {
  const raw = { setCookies: [sessionCookie("secret")], json: { token: "secret" } };
  const handle = { setCookies: [sessionCookie("secret")], json: { token: "handle" } };
  assert.match(found(raw, handle)[0][1], /^<session token/);
  assert.match(found(raw, handle)[0][2], /^<name/);
});

it("statuses, members, types, values, headers, attributes and signatures are told apart", () => {
  assert.deepEqual(found({ status: 200 }, { status: 201 }), [["status", 200, 201]]);
  assert.deepEqual(found({ json: { a: 1, b: null } }, { json: { a: "1" } }), [["body.a", 1, "1"], ["body.b", null, ABSENT]]);
  assert.deepEqual(found({ json: [] }, { json: {} }), [["body", "[]", "{}"]]);
  assert.deepEqual(found({ json: null }, {}), [["body", null, ABSENT]].map(([field, , ours]) => [field, "null", ours]));
  assert.deepEqual(found({ json: { message: "a" } }, { json: { message: "b" } }), [["body.message", "a", "b"]]);
  assert.deepEqual(found({ headers: [["location", "/a"]] }, { headers: [["location", "/b"]] }), [["header.location", "/a", "/b"]]);
  assert.deepEqual(found({ json: { createdAt: now() } }, { json: { createdAt: later(7) } }), [["body.createdAt", "<now>", "<now + 7 d>"]]);
  const lax = sessionCookie("a");
  assert.equal(found({ setCookies: [lax] }, { setCookies: [lax.replace("Lax", "None")] }).length, 1);
  assert.equal(found({ setCookies: [lax] }, { setCookies: [lax.replace("HttpOnly; ", "")] }).length, 1);
  assert.equal(found({ setCookies: [lax] }, { setCookies: [sessionCookie("a", { secret: "other" })] }).length, 1);
  assert.equal(found({ setCookies: [lax] }, {}).length, 1);
});

it("bodies of different statuses are one difference, and a refusal need not say that it sets no cookie", () => {
  const done = { status: 200, json: { status: true }, setCookies: [sessionCookie("a")] };
  const refusal = { status: 400, json: { message: "no" } };
  assert.deepEqual(found(done, refusal).map(([field]) => field), ["status", "body"]);
  assert.deepEqual(found(refusal, done).map(([field]) => field), ["status", "body", `cookie.${SESSION}`]);
});

it("mails are told apart by kind, recipient and link", () => {
  const mail = { kind: "reset-password", to: "a@example.com", link: { url: "http://localhost:1/reset/T?callbackURL=%2F", token: "T" } };
  const values = () => new Values(target);
  const of = (mails) => fields(answer(), { values: values(), step: "s", mails });
  assert.deepEqual(of([mail]), { status: 200, "mail[reset-password to a@example.com]": "<server>/reset/s: mail to a@example.com?callbackURL=%2F" });
  assert.deepEqual(of([mail]), of([{ ...mail, link: { url: mail.link.url.replace("/T?", "/U?"), token: "U" } }]));
});

it("only what an allowance says exactly is allowed, and what it says in vain is told", () => {
  const allowance = { id: "a", reason: "So.", step: "step 0", changes: [{ field: "status", reference: 200, ours: [201, 202] }, { field: "body", reference: /x/, ours: ABSENT }] };
  const at = (step, ours) => ({ scenario: "s", step, title: "", field: "status", reference: 200, ours });
  const verdict = judge([at("step 0", 201), at("step 1", 201), at("step 0", 203)], [allowance]);
  assert.deepEqual(verdict.unexplained.map(({ step, ours }) => [step, ours]), [["step 1", 201], ["step 0", 203]]);
  assert.deepEqual(verdict.unseen, ["a: body: /x/ → <absent>", "a: status: 200 → 201,202 (ours: 202)"]);
});

it("whatever is not in the list of differences fails the run", () => {
  const right = answer({ json: { status: true, user: { name: "Ann" } }, setCookies: [sessionCookie("a")], headers: [["location", "/a"]] });
  const wrong = {
    "another status": { ...right, status: 500 },
    "another value": answer({ ...right, json: { status: false, user: { name: "Ann" } } }),
    "a member that is not there": answer({ ...right, json: { status: true, user: {} } }),
    "a member more": answer({ ...right, json: { status: true, user: { name: "Ann", passwordHash: "x" } } }),
    "no body": answer({ ...right, json: undefined }),
    "another place": { ...right, headers: [["location", "/b"]] },
    "a header more": { ...right, headers: [...right.headers, ["x-powered-by", "y"]] },
    "a header of ours with another value": { ...right, headers: [...right.headers, ["x-frame-options", "ALLOW"]] },
    "no cookie": { ...right, setCookies: [] },
    "a cookie more": { ...right, setCookies: [...right.setCookies, "better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"] },
    "a cookie that scripts can read": { ...right, setCookies: [sessionCookie("a").replace("HttpOnly; ", "")] },
    "a cookie that nobody signed": { ...right, setCookies: [sessionCookie("a", { secret: "other" })] },
  };
  for (const [what, other] of Object.entries(wrong)) {
    const found = compared([right], [other]);
    const verdict = judge(found, DIFFERENCES);
    verdict.unseen = [];
    assert.notDeepEqual(verdict.unexplained, [], what);
    assert.equal(quietly(() => report("", [{ steps: 1, differences: found }], verdict)), false, what);
  }
  assert.equal(quietly(() => report("", [{ steps: 1, differences: [] }], { unexplained: [], unseen: [] })), true);
  assert.equal(quietly(() => report("", [{ steps: 1, differences: [] }], { unexplained: [], unseen: ["x"] })), false);
});

it("an endpoint that no story tells of fails the run", () => {
  assert.ok(served().length > 25 && served().includes("GET reset-password/TOKEN") && !served().some((each) => each.includes("callback/{id}")));
  const told = [["POST /api/auth/sign-out", 200], ["POST /api/auth/sign-out", 400], ["GET /api/auth/ok", 200]];
  assert.deepEqual(untold(told, ["POST sign-out", "GET ok"]), []);
  assert.deepEqual(untold(told.slice(1), ["POST sign-out", "GET list-sessions"]), ["POST sign-out: no success", "GET list-sessions: no refusal", "GET list-sessions: no success"]);
});

/** What `call` returns, without what it prints. */
function quietly(call) {
  const { log } = console;
  console.log = () => {};
  try {
    return call();
  } finally {
    console.log = log;
  }
}

it("an allowance that is too wide is refused", () => {
  const allowance = (more) => [{ id: "a", reason: "So.", changes: [{ field: "status", reference: 1, ours: 2, ...more }] }];
  assert.doesNotThrow(() => checkAllowances(allowance()));
  for (const part of ["field", "reference", "ours"]) assert.throws(() => checkAllowances(allowance({ [part]: undefined })), new RegExp(part));
  assert.throws(() => checkAllowances([...allowance(), ...allowance()]), /two/);
  assert.throws(() => checkAllowances([{ ...allowance()[0], reason: "" }]), /reason/);
});
