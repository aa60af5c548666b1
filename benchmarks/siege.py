"""Fire hand-made faults at the embedded server under a limit of memory: what comes of each, what it takes.

    python benchmarks/siege.py [--model models/inception_v3] [--limit DATA|AS|none] [--gigabytes 4]

`DATA` bounds what the process may write to (like a container's limit), `AS` its address space (`ulimit -v`).
"""

import argparse
import base64
import gzip
import io
import os
import resource
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from PIL import Image

from line_sim.inspection.wires import grpc_wire
from line_sim.inspection.wires.messages.serving import message

STRING, COMPLEX128 = 7, 18
AT_ONCE = 8
Image.MAX_IMAGE_PIXELS = None


def picture(width: int, height: int, form: str = "jpeg", **options: Any) -> bytes:
    """Write a picture of one grey."""
    content = io.BytesIO()
    Image.new(options.pop("mode", "L"), (width, height), 90).save(content, form, **options)
    return content.getvalue()


def predict(model: str, *strings: bytes, **more: Any) -> bytes:
    """Write a PredictRequest."""
    request = message("PredictRequest")
    request.model_spec.name, request.model_spec.signature_name = model, more.get("signature", "inspect")
    tensor = request.inputs["image"]
    tensor.dtype = more.get("dtype", STRING)
    for size in more.get("shape", (len(strings),)):
        tensor.tensor_shape.dim.add(size=size)
    tensor.string_val.extend(strings)
    tensor.dcomplex_val.extend(more.get("numbers", ()))
    written: bytes = request.SerializeToString()
    return written


def calls(model: str) -> Iterator[tuple[str, bytes]]:
    """Give faults over gRPC by name."""
    for rank in (16, 17, 32, 33, 64, 254, 255):
        yield f"{rank} dimensions", predict(model, b"x", shape=(1,) * rank)
    yield "one value for 4 GB", predict(model, shape=(2**28,), dtype=COMPLEX128, numbers=(1.0, 1.0))
    yield "no rows of a yottabyte", predict(model, shape=(0, 2**40, 2**40))
    huge = picture(13_000, 13_000, quality=30)
    yield "169 million pixels", predict(model, huge)
    yield "in base64", predict(model, base64.urlsafe_b64encode(huge), signature="serving_default")
    yield "49 million pixels", predict(model, picture(7000, 7000, quality=30))
    yield "progressive", predict(model, picture(6000, 6000, mode="RGB", progressive=True))
    yield "PNG of 400 million", predict(model, picture(20_000, 20_000, "png", mode="1"))
    yield "GIF of 900 million", predict(model, picture(30_000, 30_000, "gif"))
    yield "JPEG XL", predict(model, b"\xff\x0a" + b"\xff" * 12)
    small = picture(16, 16)
    for count in (30, 400, 5000):
        yield f"{count} small pictures", predict(model, *[small] * count)
    yield "20 million empty strings", predict(model, *[b""] * 20_000_000)
    for megabytes in (30, 120, 140):
        yield f"{megabytes} MB of nothing", predict(model, bytes(megabytes * 1_000_000))


def bodies() -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """Give faults over REST by name."""
    begin = b'{"signature_name": "inspect", "instances": '
    lists = begin + b"[" + b"[]," * 20_000_000 + b"[]]}"
    huge = base64.b64encode(picture(13_000, 13_000, quality=30))
    yield "33 brackets", begin + b"[" * 33 + b'"x"' + b"]" * 33 + b"}", {}
    yield "169 million pixels", begin + b'[{"b64": "' + huge + b'"}]}', {}
    yield "20 million lists", lists, {}
    yield "the same in gzip", gzip.compress(lists, 1), {"content-encoding": "gzip"}
    yield "100 MB of base64", begin + b'[{"b64": "' + b"QUJD" * 25_000_000 + b'"}]}', {}


def memory(pid: int) -> tuple[int, int]:
    """Give what a process has in MiB, and what it had at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    return tuple(int(status.split(f"{key}:")[1].split()[0]) >> 10 for key in ("VmRSS", "VmHWM"))  # type: ignore[return-value]


def all_at_once(ask: Callable[[], str]) -> str:
    """Ask eight times at once; gives how often each answer came."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(lambda _: ask(), range(AT_ONCE)))
    return ", ".join(f"{told.count(one)} {one}" for one in sorted(set(told)))


def free_port() -> int:
    """Find a port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def main() -> int:
    """Start the server, fire, and tell; 1 where it did not survive."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--model", type=Path, default=Path("models/inception_v3"))
    parser.add_argument("--limit", choices=["DATA", "AS", "none"], default="DATA")
    parser.add_argument("--gigabytes", type=float, default=4)
    asked = parser.parse_args()
    name = asked.model.name
    port, rest_port = free_port(), free_port()
    flags = [f"--port={port}", f"--rest_api_port={rest_port}", f"--model_name={name}"]
    if asked.limit != "none":
        most = int(asked.gigabytes * (1 << 30))
        resource.setrlimit(getattr(resource, f"RLIMIT_{asked.limit}"), (most, resource.RLIM_INFINITY))
    server = subprocess.Popen(
        [sys.executable, "-m", "line_sim_serving", *flags, f"--model_base_path={asked.model}"]
    )
    if asked.limit != "none":  # for the server only
        resource.setrlimit(getattr(resource, f"RLIMIT_{asked.limit}"), (resource.RLIM_INFINITY,) * 2)
    try:
        return siege(server, name, port, rest_port)
    finally:
        server.kill()


def siege(server: "subprocess.Popen[bytes]", name: str, port: int, rest_port: int) -> int:
    """Fire everything at a server and say what came of it."""
    options = [("grpc.enable_http_proxy", 0), ("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        grpc.channel_ready_future(channel).result(300)
        call = channel.unary_unary(grpc_wire.PREDICT)

        def ask(message: bytes) -> str:
            try:
                call(message, timeout=120)
            except grpc.RpcError as error:
                return str(error.code().name)
            return "OK"

        def post(body: bytes, headers: dict[str, str]) -> str:
            url = f"http://127.0.0.1:{rest_port}/v1/models/{name}:predict"
            try:
                with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=120) as reply:
                    return str(reply.status)
            except urllib.error.HTTPError as error:
                return str(error.code)

        good = predict(name, picture(640, 480))
        print(f"{'start':28} {'':52} {memory(server.pid)} MiB now and at most")
        faults = [(title, lambda message=message: ask(message)) for title, message in calls(name)]
        faults += [(f"REST: {title}", lambda b=body, h=heads: post(b, h)) for title, body, heads in bodies()]
        for title, fire in faults:
            started = time.perf_counter()
            told = all_at_once(fire)
            seconds = time.perf_counter() - started
            if server.poll() is not None:
                print(f"{title}: THE SERVER ENDED WITH {server.returncode}")
                return 1
            print(f"{title:28} {told:52} {memory(server.pid)} {seconds:.1f} s", flush=True)
        print(f"a good picture: {ask(good)}, {len(faults) * AT_ONCE} requests")
        return int(ask(good) != "OK")


if __name__ == "__main__":
    os.environ["NO_PROXY"] = "127.0.0.1"
    sys.exit(main())
