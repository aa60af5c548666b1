"""InceptionV3 with random weights, and a place on the device where batches of pictures go through it."""

import io
import os
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
import torchvision
from PIL import Image
from torch import Tensor, nn

SIDE = 299
LABELS = ("good", "stain", "scratch", "pits", "missing_bore", "chip")
SEED = 1

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Precision:
    """The type of weights and activations, and whether float32 products may run as TF32."""

    dtype: torch.dtype
    tf32: bool = False


PRECISIONS = {
    "fp32": Precision(torch.float32),
    "tf32": Precision(torch.float32, tf32=True),
    "fp16": Precision(torch.float16),
    "bf16": Precision(torch.bfloat16),
}
REFERENCE = Precision(torch.float64)


@dataclass(frozen=True)
class Spent:
    """Microseconds of one batch on the device, by its own clock."""

    copy_in: float
    network: float
    copy_out: float
    whole: float


def decode(jpeg: bytes) -> Pixels:
    """Decode one JPEG and scale it to the network's square, (299, 299, 3)."""
    return scale(decode_only(jpeg))


def decode_only(jpeg: bytes) -> Image.Image:
    """Decode one JPEG."""
    picture = Image.open(io.BytesIO(jpeg))
    picture.draft("RGB", None)
    return picture.convert("RGB")


def scale(picture: Image.Image) -> Pixels:
    """Scale to the network's square (bilinear, antialiased)."""
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def use(precision: Precision) -> None:
    """Set what the whole process allows; a recorded graph keeps what was set when it was recorded."""
    torch.backends.cudnn.allow_tf32 = precision.tf32
    torch.backends.cuda.matmul.allow_tf32 = precision.tf32


class Networks:
    """The same network in each precision, made when first asked for.

    Weights are drawn from a seed; the batch normalisations are calibrated on the pictures given, so that
    activations are of order one through all layers, as in a trained network.
    """

    def __init__(self, device: torch.device, pictures: list[Pixels]) -> None:
        self.device = device
        torch.manual_seed(SEED)
        network = torchvision.models.inception_v3(
            weights=None, aux_logits=False, init_weights=False, num_classes=len(LABELS)
        )
        self._first = network.to(device).to(memory_format=torch.channels_last)
        self._made: dict[torch.dtype, nn.Module] = {}
        use(PRECISIONS["fp32"])
        self._calibrate(torch.from_numpy(np.stack(pictures)))

    def _calibrate(self, pictures: Tensor) -> None:
        for module in self._first.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 1.0
        self._first.train()
        with torch.no_grad():
            self._first(prepare(pictures.to(self.device), torch.float32))
        self._first.eval()

    def __call__(self, precision: Precision) -> nn.Module:
        """Give the network in that precision."""
        if precision.dtype not in self._made:
            copy = torchvision.models.inception_v3(
                weights=None, aux_logits=False, init_weights=False, num_classes=len(LABELS)
            )
            copy.load_state_dict(self._first.state_dict())
            copy = copy.to(self.device, precision.dtype).to(memory_format=torch.channels_last)
            self._made[precision.dtype] = copy.eval()
        return self._made[precision.dtype]


def prepare(pixels: Tensor, dtype: torch.dtype) -> Tensor:
    """Turn (n, 299, 299, 3) bytes into the network's input: -1 to 1, channels last."""
    return pixels.permute(0, 3, 1, 2).to(dtype).mul_(2 / 255).sub_(1)


def judge(network: nn.Module, pixels: Tensor, dtype: torch.dtype) -> Tensor:
    """Give (n, 2): the number of the likeliest label and its probability."""
    score, label = torch.softmax(network(prepare(pixels, dtype)).float(), 1).max(1)
    return torch.stack([label.float(), score], 1)


class Lane:
    """A place where one batch at a time goes through the network; this one on any device, step by step."""

    def __init__(self, networks: Networks, precision: Precision, most: int) -> None:
        self._network = networks(precision)
        self._precision = precision
        cuda = networks.device.type == "cuda"
        shape = (most, SIDE, SIDE, 3)
        self._host = torch.zeros(shape, dtype=torch.uint8, pin_memory=cuda)
        self._held = torch.zeros(shape, dtype=torch.uint8, device=networks.device)
        self._answers = torch.zeros((most, 2), pin_memory=cuda)
        self._rows = self._host.numpy()

    def put(self, row: int, pixels: Pixels) -> None:
        """Lay a picture where the next batch is copied from."""
        self._rows[row] = pixels

    def answers(self, size: int) -> list[tuple[str, float]]:
        """Give labels and scores of the last batch."""
        return [(LABELS[int(label)], score) for label, score in self._answers[:size].tolist()]

    def run(self, size: int) -> Spent:
        """Run the first pictures laid down; return when the answers are here."""
        with torch.no_grad():
            moments = [time.perf_counter_ns()]
            self._held[:size].copy_(self._host[:size])
            moments.append(time.perf_counter_ns())
            answers = judge(self._network, self._held[:size], self._precision.dtype)
            moments.append(time.perf_counter_ns())
            self._answers[:size].copy_(answers)
            moments.append(time.perf_counter_ns())
        first, second, third, last = (moment / 1e3 for moment in moments)
        return Spent(second - first, third - second, last - third, last - first)


class CudaLane(Lane):
    """A lane with a stream of its own; with `recorded`, a CUDA graph of the network for each batch size.

    Without, every operation is launched by Python as the network is run ("eager").
    """

    def __init__(
        self, networks: Networks, precision: Precision, most: int, *, recorded: bool, sleeping: bool
    ) -> None:
        super().__init__(networks, precision, most)
        self._stream = torch.cuda.Stream()
        self._marks = [torch.cuda.Event(enable_timing=True, blocking=sleeping) for _ in range(4)]
        self._graphs: dict[int, tuple[torch.cuda.CUDAGraph, Tensor]] = {}
        self._recorded = recorded

    def prepare(self, sizes: list[int]) -> None:
        """Warm up and, if asked to, record the network for these batch sizes."""
        use(self._precision)
        for size in sizes:
            if size in self._graphs:
                continue
            self._stream.wait_stream(torch.cuda.current_stream())
            with torch.no_grad(), torch.cuda.stream(self._stream):
                for _ in range(3):
                    judge(self._network, self._held[:size], self._precision.dtype)
            self._stream.synchronize()
            if self._recorded:
                graph = torch.cuda.CUDAGraph()
                with torch.no_grad(), torch.cuda.graph(graph, stream=self._stream):
                    answers = judge(self._network, self._held[:size], self._precision.dtype)
                self._graphs[size] = graph, answers
        torch.cuda.synchronize()

    def run(self, size: int) -> Spent:
        """Run the first pictures laid down; return when the answers are here."""
        start, copied, done, back = self._marks
        with torch.no_grad(), torch.cuda.stream(self._stream):
            start.record()
            self._held[:size].copy_(self._host[:size], non_blocking=True)
            copied.record()
            if self._recorded:
                graph, answers = self._graphs[size]
                graph.replay()
            else:
                answers = judge(self._network, self._held[:size], self._precision.dtype)
            done.record()
            self._answers[:size].copy_(answers, non_blocking=True)
            back.record()
        back.synchronize()
        spans = ((start, copied), (copied, done), (done, back), (start, back))
        return Spent(*(first.elapsed_time(last) * 1e3 for first, last in spans))


def lane(
    networks: Networks, name: str, sizes: list[int], *, recorded: bool = True, sleeping: bool = False
) -> Lane:
    """Make a lane for these batch sizes in the named precision, ready to run."""
    precision = PRECISIONS[name]
    if networks.device.type != "cuda":
        return Lane(networks, precision, max(sizes))
    made = CudaLane(networks, precision, max(sizes), recorded=recorded, sleeping=sleeping)
    made.prepare(sizes)
    return made


def first_device() -> torch.device:
    """Give the GPU, or the CPU where there is none."""
    os.environ.setdefault("CUDA_DEVICE_MAX_CONNECTIONS", "32")  # so that no two lanes share one
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
