"""The app as the guard reaches it, and as nobody else may."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

import app as space
from retrieval import Index, Passage

IDENTITY = {
    "X-Auth-User-Id": "5b6f",
    "X-Auth-Email": "ann@example.com",
    "X-Auth-Email-Verified": "false",
    "X-Auth-Name": "Zo%C3%AB",
    "X-Auth-Session-Expires": "2099-01-01T00:00:00.000Z",
}
EVIL = '<img src=x onerror=alert(1)></script><script>alert(2)</script>\n\nevent: done\ndata: {"found":0}\n\n'


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "PACE", 0)


def call(method: str, path: str, at: str = "http://127.0.0.1:8000", **settings: Any) -> httpx.Response:
    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(space.app), base_url=at) as client:
            return await client.request(method, path, **settings)

    return asyncio.run(send())


def ask(question: str) -> list[tuple[str, dict[str, Any]]]:
    answer = call("POST", "/ask", headers=IDENTITY, json={"question": question})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.endswith("\n\n")
    blocks = [block.split("\n") for block in answer.text[:-2].split("\n\n")]
    assert all(len(block) == 2 for block in blocks)
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/me"), ("POST", "/ask")])
def test_nobody_gets_in(method: str, path: str) -> None:
    forged = {name.replace("-", "_"): text for name, text in IDENTITY.items()}
    past = {**IDENTITY, "X-Auth-Session-Expires": "2001-01-01T00:00:00.000Z"}
    for headers in [{}, forged, past, {"X-Auth-User-Id": "5b6f"}, {"Cookie": "better-auth.session_token=x"}]:
        answer = call(method, path, headers=headers, json={"question": "books"} if method == "POST" else None)
        assert answer.status_code == 401
        assert "code" in answer.json()
    # On an address that others reach, anybody could have written them.
    assert call(method, path, "http://10.0.0.7:8000", headers=IDENTITY).status_code == 401


def test_who_it_is() -> None:
    assert call("GET", "/me", headers=IDENTITY).json() == {"name": "Zoë", "email": "ann@example.com"}


def test_an_answer_is_passages_word_for_word() -> None:
    events = ask("When is the library open on Saturday?")
    assert [name for name, _ in events][:: len(events) - 1] == ["passage", "done"]
    assert events[0][1] == {"source": "opening-hours.md", "title": "Opening hours", "section": "The week"}
    until = [name for name, _ in events].index("passage", 1) if events[-1][1]["found"] > 1 else len(events) - 1
    said = "".join(data["text"] for _, data in events[1:until])
    assert said == space.app.state.index.search("When is the library open on Saturday?")[0].text
    assert ask("capital of France") == [("done", {"found": 0})]


def test_it_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first words are out while the rest waits."""
    monkeypatch.setattr(space, "PACE", 3600)

    async def first() -> list[Any]:
        sent: asyncio.Queue[Any] = asyncio.Queue()
        body = [{"type": "http.request", "body": b'{"question": "printing"}', "more_body": False}]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/ask",
            "query_string": b"",
            "server": ("127.0.0.1", 8000),
            "headers": [(name.lower().encode(), text.encode()) for name, text in IDENTITY.items()]
            + [(b"content-type", b"application/json")],
        }

        async def receive() -> Any:
            return body.pop() if body else await asyncio.sleep(3600)

        task = asyncio.create_task(space.app(scope, receive, sent.put))
        messages = [await asyncio.wait_for(sent.get(), 5) for _ in range(3)]
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return messages

    start, passage, text = asyncio.run(first())
    assert start["status"] == 200
    assert passage["body"].startswith(b"event: passage\n")
    assert text["body"].startswith(b"event: text\n")


def test_markup_in_a_document_or_a_question_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    # The question is shown by the page alone, and never comes back.
    assert "alert" not in json.dumps(ask(EVIL + "books"))
    monkeypatch.setattr(space.app.state, "index", Index([Passage(EVIL, EVIL, EVIL, f"tea {EVIL} tea")]))
    events = ask("tea")
    assert events[0] == ("passage", {"source": EVIL, "title": EVIL, "section": EVIL})
    assert "".join(data.get("text", "") for _, data in events) == f"tea {EVIL} tea"
    assert events[-1] == ("done", {"found": 1})
    script = (space.HERE / "pages/app.js").read_text()
    for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", 'setAttribute("on']:
        assert sink not in script


@pytest.mark.parametrize("path", ["/", "/me", "/pages/app.js", "/nothing"])
def test_the_headers_of_every_answer(path: str) -> None:
    answer = call("GET", path, headers=IDENTITY)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    if path == "/":
        assert not any(word in answer.text for word in ["<style", "style=", "onclick", "<script>", "http:", "https:"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'{"question": 7}', 422),
        (b'{"question": "  "}', 422),
        (b"\xff", 422),
        (b"[" * 4000, 422),
        (b'{"question": "' + b"x" * 501 + b'"}', 422),
        (b'{"question": "' + b"x" * 5000 + b'"}', 413),
    ],
)
def test_questions_that_are_none(body: bytes, status: int) -> None:
    headers = {**IDENTITY, "Content-Type": "application/json; charset=utf-8"}
    assert call("POST", "/ask", headers=headers, content=body).status_code == status


def test_forms_ask_nothing() -> None:
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""]:
        headers = {**IDENTITY, "Content-Type": kind}
        assert call("POST", "/ask", headers=headers, content=b'{"question": "tea"}').status_code == 415


def test_nothing_else_is_served() -> None:
    for path in ["/docs", "/openapi.json", "/pages/../app.py", "/pages/%2e%2e/app.py", "/documents/rooms.md"]:
        assert call("GET", path, headers=IDENTITY).status_code == 404
