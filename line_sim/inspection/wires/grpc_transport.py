"""One gRPC channel to one server, kept for the whole run."""

import threading
import time
from collections.abc import Callable
from typing import cast

import grpc

from line_sim.errors import GatewayError
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.reaching import (
    GRPC,
    Protocol,
    failed_handshake,
    mistaken,
    no_tls,
    nobody_there,
)
from line_sim.inspection.wires.tls import Tls
from line_sim.inspection.wires.transport import LONGEST_ANSWER, Access, Request, Response
from line_sim.units import SECOND, Nanoseconds

CHANNEL_OPTIONS = (
    ("grpc.enable_http_proxy", 0),  # an office proxy must not get between camera and server
    ("grpc.max_receive_message_length", LONGEST_ANSWER),
    ("grpc.max_send_message_length", -1),
    ("grpc.keepalive_time_ms", 60_000),  # finds a dead network during long calls; servers allow no more often
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),  # a server that is back is used again within a second
)

SETTLES_S = 0.25
"""Seconds for which gRPC's own thread may look at a channel that somebody has looked for again.

It looks every 0.2 s. Where the channel is closed before, it ends with a traceback on the terminal.
"""

Rpc = Callable[..., bytes]


class GrpcTransport:
    """See `transport.Transport`; a channel is safe for many threads, and so is this.

    `protocol` is what is spoken over it, for the words of an error.
    """

    def __init__(self, target: str, access: Access, protocol: Protocol = GRPC) -> None:
        self.target = target
        self._protocol = protocol
        self._tls = access.tls
        self._context = access.tls.context() if access.tls else None  # proves the files, too
        self._metadata = access.metadata or None
        self._channel = _channel(target, access.tls)
        self._rpcs: dict[str, Rpc] = {}
        self._lock = threading.Lock()
        self._connecting = threading.Lock()
        self._looks = 0
        self._settles_at = 0.0
        self._closed = False

    def connect(self, timeout: Nanoseconds) -> None:
        """Wait until the channel is connected. Raises GatewayError."""
        with self._connecting:
            if self._closed:
                raise GatewayError(f"{self.target}: it is closed")
            connected = self._is_ready_within(timeout)
        if not connected:
            raise self._why_not(timeout)

    def call(self, request: Request, timeout: Nanoseconds, *, wait: bool = False) -> Response:
        """Make one call; bytes in and out, so that a broken answer cannot raise in it."""
        try:
            body = self._rpc(request.method)(
                request.body,
                timeout=timeout / SECOND,
                metadata=self._metadata,
                wait_for_ready=wait or None,
            )
        except grpc.RpcError as error:
            call = cast("grpc.Call", error)  # what a failed call raises is the call itself
            return Response(call.code().name, detail=call.details() or "")
        except ValueError as error:  # the channel was closed by another thread
            return Response(statuses.CANCELLED, detail=str(error))
        return Response(statuses.OK, body)

    def misunderstanding(self) -> str:
        """Look what speaks there."""
        return mistaken(self.target, self._protocol, self._tls)

    def unasked(self) -> int:
        """Count none: a call is a stream with a number, and what comes in no stream reaches nobody."""
        return 0

    def close(self) -> None:
        """Close the channel; a call that still hangs in it is cancelled."""
        with self._connecting:
            time.sleep(max(0.0, self._settles_at - time.monotonic()))
            self._closed = True
            self._channel.close()

    def _is_ready_within(self, timeout: Nanoseconds) -> bool:
        self._looks += 1
        ready = grpc.channel_ready_future(self._channel)
        try:
            ready.result(timeout=timeout / SECOND)
        except grpc.FutureTimeoutError:
            return False
        finally:
            ready.cancel()
            if self._looks > 1:
                self._settles_at = time.monotonic() + SETTLES_S
        return True

    def _rpc(self, method: str) -> Rpc:
        with self._lock:
            if method not in self._rpcs:
                self._rpcs[method] = cast(
                    "Rpc",
                    self._channel.unary_unary(method, request_serializer=None, response_deserializer=None),
                )
            return self._rpcs[method]

    def _why_not(self, waited: Nanoseconds) -> GatewayError:
        """Find out whether it is the server or its TLS that is missing: gRPC does not tell."""
        if self._tls is not None and self._context is not None:
            patience = min(waited, SECOND)
            error = failed_handshake(self.target, self._context, self._tls.server_name, patience)
            if error is not None:
                return no_tls(self.target, error)
        misunderstanding = self.misunderstanding()
        if misunderstanding:
            return GatewayError(misunderstanding)
        return nobody_there(self.target, waited, self._protocol)


def _channel(target: str, tls: Tls | None) -> grpc.Channel:
    if tls is None:
        return grpc.insecure_channel(target, options=CHANNEL_OPTIONS)
    credentials = grpc.ssl_channel_credentials(
        tls.roots(),
        tls.key.read_bytes() if tls.key else None,
        tls.cert.read_bytes() if tls.cert else None,
    )
    name = (("grpc.ssl_target_name_override", tls.server_name),) if tls.server_name else ()
    return grpc.secure_channel(target, credentials, options=(*CHANNEL_OPTIONS, *name))
