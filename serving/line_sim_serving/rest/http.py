"""HTTP in front of the REST API: one port, many connections, the work in threads of its own."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from line_sim_serving.rest.api import Answer, RestApi, RestRequest
from line_sim_serving.rest.paths import is_api
from line_sim_serving.rest.statuses import http_status

KEEP_ALIVE_S = 50
"""How long an idle connection stays open: libevent's time, on which TensorFlow Serving stands."""

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "Content-Type",
}

NOT_FOUND = "<HTML><HEAD>\n<TITLE>404 Not Found</TITLE>\n</HEAD><BODY>\n<H1>Not Found</H1>\n</BODY></HTML>\n"
"""libevent's page."""


@dataclass(frozen=True)
class Site:
    """What is served: the API under `/v1/`, and pages of text by their exact path."""

    api: RestApi
    pages: dict[str, Callable[[], str]] = field(default_factory=dict)
    cors: bool = False


class _Front:
    """The one endpoint: TensorFlow Serving's patterns are matched against the raw path and query."""

    def __init__(self, site: Site, threads: int) -> None:
        self._site = site
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="rest")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with contextlib.suppress(ClientDisconnect):  # in mid-request: there is nobody to answer
            response = await self._respond(request)
            await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        target = _target(request)
        path = target.partition(b"?")[0].decode("latin-1")
        body = await request.body()
        if path in self._site.pages:
            return self._page(path, target)
        if not is_api(target):
            return Response(NOT_FOUND, 404, {"content-type": "text/html"})
        async with _presence(request.receive) as present:
            asked = RestRequest(request.method, target, body, request.headers, present.is_set)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._pool, self._site.api.answer, asked)
        return _response(answer, CORS if self._site.cors else {})

    def _page(self, path: str, target: bytes) -> Response:
        """Give a page of text; TensorFlow Serving wants nothing behind its path."""
        if target != path.encode("latin-1"):
            found = target.decode("latin-1")
            return _text(f"Unexpected path: {found}. Should be {path}", 400)
        return _text(self._site.pages[path](), 200)


def _target(request: Request) -> bytes:
    """Give the path with its query string as they came, percent signs and all."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return path + b"?" + query if query else path


def _text(text: str, status: int) -> Response:
    return Response(text, status, {"content-type": "text/plain"})


def _response(answer: Answer, headers: dict[str, str]) -> Response:
    if answer.content_type:
        headers = {"content-type": answer.content_type, **headers}
    return Response(answer.body, http_status(answer.code), headers)


@contextlib.asynccontextmanager
async def _presence(receive: Receive) -> AsyncIterator[threading.Event]:
    """Give an event that is set for as long as the client is there."""
    here = threading.Event()
    here.set()

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        here.clear()

    watching = asyncio.create_task(watch())
    try:
        yield here
    finally:
        watching.cancel()


def serve_site(listener: socket.socket, site: Site, threads: int) -> None:
    """Serve on an open socket, in a thread that ends with the process.

    `threads` is how many requests are worked on at once; any number may wait.
    """
    app = Starlette(routes=[Route("/{path:path}", _Front(site, threads))])
    config = uvicorn.Config(
        app,
        http="httptools",
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="rest port", daemon=True).start()
