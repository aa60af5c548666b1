"""A real inference server of a known law, as a process of its own: it sleeps by a clock of work.

    python law_server.py --mean 0.05 [--cv 0.1] [--places 2] [--speeds 1,1.5] [--keeps] [--per-byte 1e-7]
                         [--wakes AFTER,ADDS] [--batches]

Prints its port and serves until its stdin ends. All calls are in one event loop, which wakes when the next
one is done by `Sharing`; so the law holds to what a timer is late. `--batches`: what waits is done at once.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import grpc

from line_sim.study.calibration.law import Idle, Law, Sharing


class LawServer:
    """Answers `good` when a call's work is done."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        from stub_server import answer

        self._chosen = chosen
        self._answer = answer()
        self._chance = random.Random(1)  # noqa: S311 - no secrets here
        speeds = tuple(float(speed) for speed in chosen.speeds.split(","))
        wakes = tuple(float(part) for part in chosen.wakes.split(",")) if chosen.wakes else None
        self._server = Sharing(
            Law(chosen.places, speeds, idle=(Idle(*wakes),) if wakes else ()), time.monotonic()
        )
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._batch: asyncio.Task[None] | None = None
        self._queued: list[asyncio.Future[None]] = []

    async def predict(self, request: bytes, context: grpc.aio.ServicerContext) -> bytes:
        """Work on a call; where its client goes, so does its work, unless the server keeps at it."""
        if self._chosen.batches:
            await self._in_a_batch()
            return self._answer
        self._number += 1
        number, done = self._number, asyncio.get_running_loop().create_future()
        self._waiting[number] = done
        self._server.enter(time.monotonic(), number, self._work(len(request)))
        self._wind()
        try:
            await done
        except asyncio.CancelledError:
            self._waiting.pop(number, None)
            if not self._chosen.keeps:
                self._server.leave(time.monotonic(), number)
                self._wind()
            raise
        return self._answer

    def _work(self, size: int) -> float:
        shape = 1 / self._chosen.cv**2
        return self._chance.gammavariate(shape, self._chosen.mean / shape) + self._chosen.per_byte * size

    def _wind(self) -> None:
        """Wake when the next call is done."""
        if self._timer is not None:
            self._timer.cancel()
        end = self._server.next_end
        self._timer = (
            None if end is None else asyncio.get_running_loop().call_later(end - time.monotonic(), self._done)
        )

    def _done(self) -> None:
        while (end := self._server.next_end) is not None and end <= time.monotonic() + 1e-4:
            _, number = self._server.finish()
            done = self._waiting.pop(number, None)
            if done is not None and not done.done():
                done.set_result(None)
        self._wind()

    async def _in_a_batch(self) -> None:
        """Be in the next batch, with whoever else waits when the server is free."""
        done = asyncio.get_running_loop().create_future()
        self._queued.append(done)
        if self._batch is None or self._batch.done():
            self._batch = asyncio.create_task(self._work_on_batches())
        await done

    async def _work_on_batches(self) -> None:
        while self._queued:
            batch, self._queued = self._queued, []
            await asyncio.sleep(self._chosen.mean)
            for done in batch:
                if not done.done():
                    done.set_result(None)


async def serve(chosen: argparse.Namespace) -> None:
    """Serve until stdin ends."""
    from stub_server import signatures, states

    law = LawServer(chosen)

    async def metadata(request: bytes, context: grpc.aio.ServicerContext) -> bytes:
        return signatures()

    async def status(request: bytes, context: grpc.aio.ServicerContext) -> bytes:
        return states({1: 30})

    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    services = {
        "tensorflow.serving.PredictionService": {"Predict": law.predict, "GetModelMetadata": metadata},
        "tensorflow.serving.ModelService": {"GetModelStatus": status},
    }
    for service, methods in services.items():
        handlers = {name: grpc.unary_unary_rpc_method_handler(method) for name, method in methods.items()}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)  # noqa: T201 - what its parent reads
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop(None)


@contextmanager
def law_server(*arguments: str) -> Iterator[str]:
    """Run the server as a process for as long as the with-block lasts; give its HOST:PORT."""
    command = [sys.executable, __file__, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield f"127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def main() -> None:
    """Read the law and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mean", type=float, required=True)
    parser.add_argument("--cv", type=float, default=0.1)
    parser.add_argument("--places", type=int, default=1)
    parser.add_argument("--speeds", default="1")
    parser.add_argument("--keeps", action="store_true")
    parser.add_argument("--per-byte", type=float, default=0.0)
    parser.add_argument("--wakes", default="")
    parser.add_argument("--batches", action="store_true")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
