"""InceptionV3 in one process: batches, concurrent batches of one, and the decoding of JPEGs.

    python benchmarks/gpu/in_process.py OUT [--pictures FOLDER] [--quick]

writes machine.json, decode.csv, batches.csv and concurrent.csv into the folder OUT. README.md says what
stands in which column. `measure.py` runs it first.
"""

import argparse
import json
import os
import platform
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import network as nets
import numpy as np
import torch
import torchvision
from pictures import load_pictures
from PIL import __version__ as pillow_version
from sheets import Sheet

BATCHES = (1, 2, 4, 8, 16, 32)
LANES = (1, 2, 3, 4, 6, 8, 12, 16)
CONCURRENT = {  # precision, recorded: how many at once
    ("fp32", True): LANES,
    ("tf32", True): LANES,
    ("fp16", True): LANES,
    ("fp32", False): (1, 2, 4, 8),
}
BATCH_COLUMNS = (
    *("precision", "mode", "batch", "rep"),
    *("put_us", "copy_in_us", "network_us", "copy_out_us", "gpu_us", "wall_us"),
)
CONCURRENT_COLUMNS = ("precision", "mode", "lanes", "lane", "call", "start_us", "wall_us", "gpu_us")
CALIBRATED_ON = 24
DECODE_COLUMNS = ("what", "pictures", "rep", "wall_us")


def machine(device: torch.device) -> dict[str, Any]:
    """Tell what this is measured on."""
    facts: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "pillow": pillow_version,
        "cuda": torch.version.cuda,
        "cpus": os.cpu_count(),
        "cpu": _cpu_name(),
        "kernel": platform.release().split("-")[0],
        "device": device.type,
    }
    if device.type != "cuda":
        return facts
    properties = torch.cuda.get_device_properties(device)
    return facts | {
        "gpu": properties.name,
        "gpu_memory_bytes": properties.total_memory,
        "gpu_multiprocessors": properties.multi_processor_count,
        "compute_capability": f"{properties.major}.{properties.minor}",
        "cudnn": torch.backends.cudnn.version(),
        "cuda_device_max_connections": os.environ["CUDA_DEVICE_MAX_CONNECTIONS"],
        **_driver_facts(),
    }


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")


def _driver_facts() -> dict[str, Any]:
    """Tell driver and clocks, where nvidia-ml-py is installed."""
    try:
        import pynvml  # noqa: PLC0415 - a machine may do without
    except ImportError:
        return {}
    pynvml.nvmlInit()
    handle = pynvml.nvmlDeviceGetHandleByIndex(0)
    return {
        "driver": str(pynvml.nvmlSystemGetDriverVersion()),
        "sm_clock_max_mhz": pynvml.nvmlDeviceGetMaxClockInfo(handle, pynvml.NVML_CLOCK_SM),
        "sm_clock_mhz_at_start": pynvml.nvmlDeviceGetClockInfo(handle, pynvml.NVML_CLOCK_SM),
        "memory_clock_mhz_at_start": pynvml.nvmlDeviceGetClockInfo(handle, pynvml.NVML_CLOCK_MEM),
        "power_limit_watts": pynvml.nvmlDeviceGetPowerManagementLimit(handle) / 1e3,
        "temperature_celsius_at_start": pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU),
    }


def check(networks: nets.Networks, pixels: list[nets.Pixels]) -> dict[str, Any]:
    """Compare each precision's probabilities, eager and recorded, with double precision's.

    The error is the norm of the difference of the logits over the norm of the logits.
    """
    batch = torch.from_numpy(np.stack(pixels[:4])).to(networks.device)
    found: dict[str, Any] = {}
    with torch.no_grad():
        right = networks(nets.REFERENCE)(nets.prepare(batch, torch.float64))
        for name, precision in nets.PRECISIONS.items():
            nets.use(precision)
            logits = networks(precision)(nets.prepare(batch, precision.dtype)).double()
            error = float((logits - right).norm() / right.norm())
            lane = nets.lane(networks, name, [4])
            for row, one in enumerate(pixels[:4]):
                lane.put(row, one)
            lane.run(4)
            eager = nets.judge(networks(precision), batch, precision.dtype)
            scores = [score for _, score in lane.answers(4)]
            apart = max(abs(one - two) for one, two in zip(scores, eager[:, 1].tolist(), strict=True))
            found[name] = {
                "relative_error_of_logits": error,
                "lane_and_eager_scores_apart": apart,
                "finite": bool(torch.isfinite(logits).all()),
            }
    return found


def batches(
    networks: nets.Networks, pixels: list[nets.Pixels], repeats: int, sizes: Iterable[int]
) -> Iterator[tuple[object, ...]]:
    """Time batches of each size in each precision, launched by Python and recorded."""
    cells = [(name, True) for name in nets.PRECISIONS] + [("fp32", False), ("fp16", False)]
    for size, (name, recorded) in product(sizes, cells if networks.device.type == "cuda" else cells[-2:]):
        lane = nets.lane(networks, name, [size], recorded=recorded)
        yield from _repeat(lane, (name, _mode(recorded=recorded), size), pixels, size, repeats)


def autotuned(
    networks: nets.Networks, pixels: list[nets.Pixels], repeats: int
) -> Iterator[tuple[object, ...]]:
    """Time a few recorded batches whose convolutions cuDNN chose by trying them all.

    Only in a process that has not run them otherwise: a choice once made is kept.
    """
    torch.backends.cudnn.benchmark = True
    for size, name in product((1, 8), ("fp32", "tf32", "fp16")):
        lane = nets.lane(networks, name, [size])
        yield from _repeat(lane, (name, "graph_autotuned", size), pixels, size, repeats)


def _mode(*, recorded: bool) -> str:
    return "graph" if recorded else "eager"


def _repeat(
    lane: nets.Lane, cell: tuple[object, ...], pixels: list[nets.Pixels], size: int, repeats: int
) -> Iterator[tuple[object, ...]]:
    """Run one cell: twenty batches to warm up, then the counted ones, each with other pictures."""
    for number in range(-20 if repeats > 20 else -1, repeats):
        before = time.perf_counter_ns()
        for row in range(size):
            lane.put(row, pixels[(number * size + row) % len(pixels)])
        laid = time.perf_counter_ns()
        spent = lane.run(size)
        done = time.perf_counter_ns()
        if number >= 0:
            times = (spent.copy_in, spent.network, spent.copy_out, spent.whole)
            yield (*cell, number, (laid - before) / 1e3, *times, (done - laid) / 1e3)


def concurrent(
    networks: nets.Networks,
    pixels: list[nets.Pixels],
    calls: int,
    counts: Iterable[int],
    cell: tuple[str, bool],
) -> Iterator[tuple[object, ...]]:
    """Time batches of one, several lanes at once, each in its own thread and stream: back to back."""
    counts, (name, recorded) = tuple(counts), cell
    lanes = [nets.lane(networks, name, [1], recorded=recorded, sleeping=True) for _ in range(max(counts))]
    for number, lane in enumerate(lanes):
        lane.put(0, pixels[number % len(pixels)])
    for count in counts:
        each = max(calls // count, min(calls, 40))
        for row in _together(lanes[:count], each):
            yield (name, _mode(recorded=recorded), count, *row)


def _together(lanes: list[nets.Lane], each: int) -> Iterator[tuple[object, ...]]:
    gate = threading.Barrier(len(lanes) + 1)
    rows: list[tuple[int, int, int, int, float]] = []

    def work(number: int, lane: nets.Lane) -> None:
        for _ in range(min(each, 10)):
            lane.run(1)
        gate.wait()
        for call in range(each):
            began = time.perf_counter_ns()
            spent = lane.run(1)
            rows.append((number, call, began, time.perf_counter_ns(), spent.whole))

    threads = [threading.Thread(target=work, args=task) for task in enumerate(lanes)]
    for thread in threads:
        thread.start()
    gate.wait()
    started = time.perf_counter_ns()
    for thread in threads:
        thread.join()
    for number, call, began, ended, gpu in rows:
        yield number, call, (began - started) / 1e3, (ended - began) / 1e3, gpu


def decoding(jpegs: list[bytes], repeats: int) -> Iterator[tuple[object, ...]]:
    """Time decoding and the way to the network's square, on one thread of the CPU."""
    images = [nets.decode_only(jpeg) for jpeg in jpegs]
    held = [torch.frombuffer(bytearray(jpeg), dtype=torch.uint8) for jpeg in jpegs]
    tasks: dict[str, Callable[[int], object]] = {
        "pillow_decode": lambda at: nets.decode_only(jpegs[at]),
        "pillow_scale": lambda at: nets.scale(images[at]),
        "pillow_both": lambda at: nets.decode(jpegs[at]),
        "torchvision_cpu_decode": lambda at: torchvision.io.decode_jpeg(held[at]),
    }
    for name, task in tasks.items():
        yield from _decoded(name, 1, task, len(jpegs), repeats)


def decoding_on_gpu(jpegs: list[bytes], repeats: int, device: torch.device) -> Iterator[tuple[object, ...]]:
    """Time decoding by nvJPEG, bytes in main memory to pixels on the GPU."""
    held = [torch.frombuffer(bytearray(jpeg), dtype=torch.uint8) for jpeg in jpegs]

    def decode(at: int, size: int) -> None:
        chosen = [held[(at + more) % len(held)] for more in range(size)]
        torchvision.io.decode_jpeg(chosen, device=device)
        torch.cuda.synchronize()

    for size in (1, 8, 32):
        yield from _decoded("torchvision_gpu_decode", size, partial(decode, size=size), len(jpegs), repeats)


def _decoded(
    name: str, size: int, task: Callable[[int], object], count: int, repeats: int
) -> Iterator[tuple[object, ...]]:
    for number in range(-5, repeats):
        before = time.perf_counter_ns()
        task(number % count)
        if number >= 0:
            yield name, size, number, (time.perf_counter_ns() - before) / 1e3


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder for the files")
    parser.add_argument("--pictures", type=Path, help="folder of JPEGs (default: rendered flanges)")
    parser.add_argument("--quick", action="store_true", help="a few repetitions only: tries the script")
    parser.add_argument("--repeats", type=int, default=200, help="batches in each cell (default: 200)")
    parser.add_argument("--more", action="store_true", help="add cuDNN autotuned and nvJPEG to the files")
    arguments = parser.parse_args()
    repeats = 2 if arguments.quick else arguments.repeats
    arguments.out.mkdir(parents=True, exist_ok=True)
    device = nets.first_device()
    jpegs = load_pictures(arguments.pictures)
    pixels = [nets.decode(jpeg) for jpeg in jpegs]
    batched = Sheet(arguments.out / "batches.csv", BATCH_COLUMNS, more=arguments.more)
    decoded = Sheet(arguments.out / "decode.csv", DECODE_COLUMNS, more=arguments.more)
    if arguments.more:
        batched.add(autotuned(nets.Networks(device, pixels[:CALIBRATED_ON]), pixels, repeats))
        decoded.add(decoding_on_gpu(jpegs, repeats, device))
        return
    facts = machine(device) | {"pictures": len(jpegs), "mean_jpeg_bytes": sum(map(len, jpegs)) // len(jpegs)}
    networks = nets.Networks(device, pixels[:CALIBRATED_ON])
    facts["checks"] = check(networks, pixels)
    (arguments.out / "machine.json").write_text(json.dumps(facts, indent=1) + "\n")
    decoded.add(decoding(jpegs, repeats))
    batched.add(batches(networks, pixels, repeats, BATCHES[:2] if arguments.quick else BATCHES))
    sheet = Sheet(arguments.out / "concurrent.csv", CONCURRENT_COLUMNS)
    for cell, counts in CONCURRENT.items() if device.type == "cuda" else [(("fp32", False), (1, 2))]:
        sheet.add(concurrent(networks, pixels, repeats * 3 // 2, counts, cell))


if __name__ == "__main__":
    main()
