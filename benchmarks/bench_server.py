"""What gRPC and the server cost on top of the network: against the same signature run in this process.

    python benchmarks/bench_server.py [BASE_PATH [PICTURES [serve flags ...]]]

One client: calls in process and over loopback take turns, picture by picture and now one, now the other
first, so that whatever else the machine does hits both alike; what counts is the median of the differences,
told with a distribution-free 95 % interval. Four clients: the throughput of
four threads in process and of four clients of the server, in turns, several times; what counts is the ratio.
"""

import io
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import grpc
import numpy as np
from line_sim_serving.inference.patience import FOR_EVER
from line_sim_serving.models.engine import Engine, load_engine
from line_sim_serving.models.settings import EngineSettings
from PIL import Image

from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.wires import grpc_wire

CLIENTS = 4
ROUNDS = 5
MODEL, SIGNATURE = "inception_v3", "inspect"


def picture_of(size: int) -> bytes:
    """Make a JPEG of about so many bytes: noise of just the right strength."""
    noise = np.random.default_rng(1).normal(size=(299, 299, 3))
    for strength in range(1, 100):
        pixels = np.clip(128 + strength * noise, 0, 255).astype(np.uint8)
        written = io.BytesIO()
        Image.fromarray(pixels).save(written, "JPEG", quality=75)
        if written.tell() >= size:
            return written.getvalue()
    return written.getvalue()


def in_process(engine: Engine, picture: bytes) -> Callable[[], None]:
    """Give the call without a wire."""
    signature = engine.signatures[SIGNATURE]
    fed = signature.inputs["image"].name
    fetched = [signature.outputs[alias].name for alias in ("label", "score")]
    image = np.array([picture], object)

    def ask() -> None:
        engine.run({fed: image}, fetched, FOR_EVER)

    return ask


def over_grpc(channel: grpc.Channel, picture: bytes) -> Callable[[], None]:
    """Give the call over a channel; the request is written and the answer read within it."""
    call = channel.unary_unary(grpc_wire.PREDICT)
    question = grpc_wire.ModelQuestion(MODEL, SIGNATURE)

    def ask() -> None:
        grpc_wire.read_answer(question, call(grpc_wire.predict_request(question, picture), timeout=60))

    return ask


def seconds(ask: Callable[[], None]) -> float:
    """Time one call."""
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started


def pair(local: Callable[[], None], remote: Callable[[], None], *, local_first: bool) -> tuple[float, float]:
    """Time one call each way, in this order or the other; return local's time first."""
    if local_first:
        return seconds(local), seconds(remote)
    there = seconds(remote)
    return seconds(local), there


def throughput(asks: Sequence[Callable[[], None]], each: int) -> float:
    """Give calls a second of several callers at once."""

    def repeat(ask: Callable[[], None]) -> None:
        for _ in range(each):
            ask()

    threads = [threading.Thread(target=repeat, args=(ask,)) for ask in asks]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(asks) * each / (time.perf_counter() - started)


def compare(local: Callable[[], None], remote: Sequence[Callable[[], None]], pictures: int) -> None:
    """Measure and print."""
    for ask in (local, *remote) * 3:
        ask()  # the first runs are not like the others
    pairs = [pair(local, remote[0], local_first=number % 2 == 0) for number in range(pictures)]
    here, there = (statistics.median(column) * 1e3 for column in zip(*pairs, strict=True))
    print(f"one client, median of {pictures}: in process {here:.1f} ms, over gRPC {there:.1f} ms")
    added = sorted((after - before) * 1e3 for before, after in pairs)
    out = max(0, round(pictures / 2 - 0.98 * pictures**0.5))  # normal approximation of the binomial ranks
    interval = f"{added[out]:+.2f} to {added[-1 - out]:+.2f}"
    print(f"  the server adds {statistics.median(added):+.2f} ms ({interval})")
    each = max(2, pictures // CLIENTS // ROUNDS)
    rounds = [(throughput([local] * CLIENTS, each), throughput(remote, each)) for _ in range(ROUNDS)]
    here, there = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratios = sorted(remote_rate / local_rate for local_rate, remote_rate in rounds)
    print(f"{CLIENTS} clients: in process {here:.2f} a second, over gRPC {there:.2f} a second")
    print(f"  ratio of throughputs {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})")


def main() -> None:
    """Load the model twice, here and in the server, and compare."""
    base = Path(sys.argv[1] if len(sys.argv) > 1 else f"models/{MODEL}")
    pictures = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    picture = picture_of(15_000)
    version = max(
        (child for child in base.iterdir() if child.name.isdigit()), key=lambda child: int(child.name)
    )
    print(f"{version}, a JPEG of {len(picture) / 1e3:.1f} kB, {os.cpu_count()} cores")
    local = in_process(load_engine(version, EngineSettings()), picture)
    options = [("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)]
    with EmbeddedServer(MODEL, base, arguments=sys.argv[3:]) as server:
        channels = [grpc.insecure_channel(server.target, options=options) for _ in range(CLIENTS)]
        compare(local, [over_grpc(channel, picture) for channel in channels], pictures)
        for channel in channels:
            channel.close()


if __name__ == "__main__":
    main()
