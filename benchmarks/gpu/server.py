"""A small inference server: TensorFlow Serving's Predict over gRPC, PyTorch behind it.

    python benchmarks/gpu/server.py [--port 8500] [--pictures FOLDER]

A gRPC thread decodes the picture and lays it in a queue. Lanes - threads with a CUDA stream of their own -
take from the queue, first come, first served, up to `max_batch` pictures each time, and wait up to `wait_us`
after the first of them came for the batch to fill. With max_batch 1 and K lanes, K calls share the GPU; with
one lane and a larger max_batch, batches follow one another. A second method, `/bench/Configure`, takes a
`Setting` as JSON; `/bench/Computed` gives how many pictures went through the network so far.
"""

import argparse
import gc
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import grpc
import network as nets
from messages import PREDICTION_SERVICE, read_request, write_response
from pictures import load_pictures

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
HANDLERS = 40
CALIBRATED_ON = 24


@dataclass(frozen=True)
class Setting:
    """How the server works: what the network runs in, how many lanes, and how pictures are batched.

    `drop_abandoned` leaves out pictures whose client had gone when their batch was put together.
    """

    precision: str = "fp32"
    recorded: bool = True
    lanes: int = 1
    max_batch: int = 1
    wait_us: int = 0
    drop_abandoned: bool = False


@dataclass(eq=False)
class Call:
    """One picture on its way; moments are nanoseconds of the machine's monotonic clock."""

    pixels: nets.Pixels
    wanted: Callable[[], bool]
    received: int
    queued: int
    done: threading.Event
    answer: tuple[str, float] = ("", 0.0)
    started: int = 0
    finished: int = 0
    batch: int = 0
    gpu_us: float = 0.0

    def trace(self) -> tuple[int, ...]:
        """Give the moments, the size of its batch, and that batch's microseconds on the device."""
        return (self.received, self.queued, self.started, self.finished, self.batch, round(self.gpu_us))


class Desk:
    """The queue and the threads that take from it."""

    def __init__(self, setting: Setting, lanes: list[nets.Lane]) -> None:
        self._setting = setting
        self._queue: deque[Call] = deque()
        self._changed = threading.Condition()
        self._open = True
        self.computed = 0
        self._ready = threading.Barrier(len(lanes) + 1, timeout=60)
        self._threads = [threading.Thread(target=self._work, args=(lane,), daemon=True) for lane in lanes]
        for thread in self._threads:
            thread.start()
        self._ready.wait()

    def answer(self, call: Call) -> None:
        """Queue the call and wait until it is answered."""
        with self._changed:
            self._queue.append(call)
            self._changed.notify()
        call.done.wait()

    def close(self) -> None:
        """Let the lanes end what they have and go."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self, lane: nets.Lane) -> None:
        for size in range(1, self._setting.max_batch + 1):
            lane.run(size)  # a thread's first runs are not like the others
        self._ready.wait()
        while calls := self._take():
            started = time.perf_counter_ns()
            for row, call in enumerate(calls):
                lane.put(row, call.pixels)
            spent = lane.run(len(calls))
            answers = lane.answers(len(calls))
            finished = time.perf_counter_ns()
            with self._changed:
                self.computed += len(calls)
            for call, call.answer in zip(calls, answers, strict=True):
                call.started, call.finished = started, finished
                call.batch, call.gpu_us = len(calls), spent.whole
                call.done.set()

    def _take(self) -> list[Call]:
        """Wait for a batch; an empty one means that the desk is closed."""
        most = self._setting.max_batch
        with self._changed:
            while True:
                if self._setting.drop_abandoned:
                    self._forget()
                if not self._queue:
                    if not self._open:
                        return []
                    self._changed.wait()
                    continue
                left = self._queue[0].queued + self._setting.wait_us * 1_000 - time.perf_counter_ns()
                if len(self._queue) >= most or left <= 0 or not self._open:
                    return [self._queue.popleft() for _ in range(min(most, len(self._queue)))]
                self._changed.wait(left / 1e9)

    def _forget(self) -> None:
        """Drop those from the queue on whom nobody waits."""
        for call in [call for call in self._queue if not call.wanted()]:
            self._queue.remove(call)
            call.done.set()


class Server:
    """The gRPC methods, and the one thread that builds lanes."""

    def __init__(self, pictures: list[bytes]) -> None:
        self._networks = nets.Networks(
            nets.first_device(), [nets.decode(jpeg) for jpeg in pictures[:CALIBRATED_ON]]
        )
        self._lanes: dict[tuple[str, bool, int, int], nets.Lane] = {}
        # cuDNN's choice of kernels is kept by thread: one thread records everything.
        self._builder = ThreadPoolExecutor(1)
        self._computed = 0
        self._desk = Desk(Setting(), self._lanes_for(Setting()))

    def _lanes_for(self, setting: Setting) -> list[nets.Lane]:
        return self._builder.submit(self._build, setting).result()

    def _build(self, setting: Setting) -> list[nets.Lane]:
        lanes = []
        for number in range(setting.lanes):
            key = (setting.precision, setting.recorded, setting.max_batch, number)
            if key not in self._lanes:
                sizes = list(range(1, setting.max_batch + 1))
                self._lanes[key] = nets.lane(
                    self._networks, setting.precision, sizes, recorded=setting.recorded, sleeping=True
                )
            lanes.append(self._lanes[key])
        nets.use(nets.PRECISIONS[setting.precision])
        gc.collect()
        gc.freeze()
        return lanes

    def configure(self, written: bytes, context: grpc.ServicerContext) -> bytes:
        """Change the setting; nobody may be asking meanwhile."""
        del context
        setting = Setting(**json.loads(written))
        self._desk.close()
        self._computed += self._desk.computed
        self._desk = Desk(setting, self._lanes_for(setting))
        recorded = setting.recorded and self._networks.device.type == "cuda"
        return json.dumps(asdict(setting) | {"recorded": recorded}).encode()

    def close(self) -> None:
        """End the lanes."""
        self._desk.close()

    def computed(self, written: bytes, context: grpc.ServicerContext) -> bytes:
        """Tell how many pictures went through the network."""
        del written, context
        return str(self._computed + self._desk.computed).encode()

    def predict(self, written: bytes, context: grpc.ServicerContext) -> bytes:
        """Answer TensorFlow Serving's Predict."""
        received = time.perf_counter_ns()
        try:
            picture, wanted = read_request(written)
            pixels = nets.decode(picture)
        except (ValueError, OSError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            raise
        call = Call(pixels, context.is_active, received, time.perf_counter_ns(), threading.Event())
        self._desk.answer(call)
        return write_response(*call.answer, call.trace(), wanted)


def main() -> None:
    """Serve until stdin is closed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8500, help="0: a free one (default: 8500)")
    parser.add_argument("--pictures", type=Path, help="folder of JPEGs (default: rendered flanges)")
    arguments = parser.parse_args()
    sys.setswitchinterval(0.0005)  # a thread that computes gives way to one that has an answer sooner
    served = Server(load_pictures(arguments.pictures))
    server = grpc.server(ThreadPoolExecutor(HANDLERS), options=[("grpc.so_reuseport", 0)])
    methods: dict[str, Handler] = {"Predict": grpc.unary_unary_rpc_method_handler(served.predict)}
    bench: dict[str, Handler] = {
        "Configure": grpc.unary_unary_rpc_method_handler(served.configure),
        "Computed": grpc.unary_unary_rpc_method_handler(served.computed),
    }
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(PREDICTION_SERVICE, methods),
            grpc.method_handlers_generic_handler("bench", bench),
        )
    )
    port = server.add_insecure_port(f"127.0.0.1:{arguments.port}")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(0).wait()
    served.close()


if __name__ == "__main__":
    main()
