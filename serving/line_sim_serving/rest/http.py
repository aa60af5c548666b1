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

from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.limits.budget import Budget, Hold
from line_sim_serving.rest.api import Answer, RestApi, RestRequest, refused
from line_sim_serving.rest.paths import is_api
from line_sim_serving.rest.statuses import http_status

KEEP_ALIVE_S = 50
"""How long an idle connection stays open: libevent's time, on which TensorFlow Serving stands."""

LET_PASS_S = 10
"""How long the rest of a body is read that is refused already."""

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "Content-Type",
}

NOT_FOUND = "<HTML><HEAD>\n<TITLE>404 Not Found</TITLE>\n</HEAD><BODY>\n<H1>Not Found</H1>\n</BODY></HTML>\n"
"""libevent's page."""


@dataclass(frozen=True)
class Site:
    """What is served: the API under `/v1/`, and pages of text by their exact path.

    Bodies of more than `max_request` bytes are refused; what they cost is taken from the budget.
    """

    api: RestApi
    budget: Budget
    max_request: int
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
        if path in self._site.pages:
            return self._page(path, target)
        if not is_api(target):
            return Response(NOT_FOUND, 404, {"content-type": "text/html"})
        with self._site.budget.hold() as hold:
            try:
                body = await self._body(request, hold)
            except Refusal as refusal:
                return _response(refused(refusal), {"connection": "close"})
            async with _presence(request.receive) as present:
                asked = RestRequest(request.method, target, hold, body, request.headers, present.is_set)
                loop = asyncio.get_running_loop()
                answer = await loop.run_in_executor(self._pool, self._site.api.answer, asked)
            return _response(answer, CORS if self._site.cors else {})

    async def _body(self, request: Request, hold: Hold) -> bytes:
        """Read the body as far as there is room for it. Raises Refusal, ClientDisconnect."""
        pieces: list[bytes] = []
        size = 0
        stream = request.stream()
        try:
            while (piece := await _next(stream, KEEP_ALIVE_S)) is not None:
                size += len(piece)
                if size > self._site.max_request:
                    raise invalid(
                        f"the body is larger than {self._site.max_request:,} bytes (--max_request_mb)"
                    )
                hold.take_now(2 * len(piece))
                pieces.append(piece)
        except Refusal:
            pieces.clear()
            await _let_pass(stream)  # who still sends would not read the answer
            raise
        return b"".join(pieces)

    def _page(self, path: str, target: bytes) -> Response:
        """Give a page of text; TensorFlow Serving wants nothing behind its path."""
        if target != path.encode("latin-1"):
            found = target.decode("latin-1")
            return _text(f"Unexpected path: {found}. Should be {path}", 400)
        return _text(self._site.pages[path](), 200)


async def _next(stream: AsyncIterator[bytes], patience_s: float) -> bytes | None:
    """Give the next piece of a body, None at its end. Raises ClientDisconnect where none comes."""
    try:
        async with asyncio.timeout(patience_s):
            return await anext(stream, None)
    except TimeoutError:
        raise ClientDisconnect from None


async def _let_pass(stream: AsyncIterator[bytes]) -> None:
    """Read the rest of a body that is not wanted, for a while. Raises ClientDisconnect."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LET_PASS_S):
            async for _ in stream:
                pass


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
