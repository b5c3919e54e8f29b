"""A chat over a folder of documents, for signed-in people: it answers with the passages that fit best, word for word.

Doorkey's guard stands before it and says who is calling. It never sees a password or a session's cookie.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from doorkey import CurrentUser, GuardHeaders, install
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retrieval import Index, Passage, read

HERE = Path(__file__).parent
MOST_BYTES = 4096
MOST_CHARACTERS = 500
# Between two words: about as fast as a model writes. 0 in tests.
PACE = float(os.environ.get("PACE", "0.02"))
HEADERS = {
    # A Space is shown in a frame on huggingface.co.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self' https://huggingface.co",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class WithHeaders:
    """Puts the headers on every answer, and leaves its body alone: a stream stays one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, with_headers)


app = FastAPI(openapi_url=None)
app.add_middleware(WithHeaders)
app.mount("/pages", StaticFiles(directory=HERE / "pages"))
app.state.index = Index(read(HERE / "documents"))
install(app, GuardHeaders())


@app.get("/")
async def page(_: CurrentUser) -> FileResponse:
    return FileResponse(HERE / "pages/index.html")


@app.get("/me")
async def me(user: CurrentUser) -> dict[str, str]:
    return {"name": user.name, "email": user.email}


async def asked(request: Request) -> str:
    """The question, read no further than it may be long."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "JSON, please")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "Too long")
    try:
        text = json.loads(body)["question"]
        question = text.strip() if isinstance(text, str) else ""
    except (ValueError, KeyError, TypeError, RecursionError):
        question = ""
    if not 1 <= len(question) <= MOST_CHARACTERS:
        raise HTTPException(422, f"A question has 1 to {MOST_CHARACTERS} characters")
    return question


# The user first: a stranger's body is not read.
@app.post("/ask")
async def ask(_: CurrentUser, request: Request, question: Annotated[str, Depends(asked)]) -> StreamingResponse:
    passages = request.app.state.index.search(question)
    return StreamingResponse(answer(passages), media_type="text/event-stream")


async def answer(passages: list[Passage]) -> AsyncIterator[str]:
    """Server-sent events: `passage` says where the `text` that follows is from; `done` is the end.

    A model that writes sentences of its own would get the passages here.
    """
    for passage in passages:
        yield event("passage", source=passage.source, title=passage.title, section=passage.section)
        for piece in re.findall(r"\S+\s*", passage.text):
            yield event("text", text=piece)
            await asyncio.sleep(PACE)
    yield event("done", found=len(passages))


def event(name: str, **data: str | int) -> str:
    """JSON has no line breaks, so nothing in a document can end an event or begin one."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
