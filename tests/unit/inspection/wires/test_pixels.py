"""A picture as a tensor of numbers: what Pillow and numpy make of it, the same over both wires."""

import io
import json
from typing import Any

import numpy as np
import pytest
from generated import predict_pb2
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from line_sim.errors import PictureError
from line_sim.inspection.wires.fitting.pixels import Pixels, pixel_form
from line_sim.inspection.wires.fitting.signatures import Fit
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.inspection.wires.grpc_wire import predict_request
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.rest.rest_wire import RestWire

FLOATS = TensorKind("DT_FLOAT", (-1, 6, 8, 3))


def jpeg(seed: int = 1, size: tuple[int, int] = (20, 15)) -> bytes:
    """Make a picture of many colours."""
    levels = np.random.default_rng(seed).integers(0, 256, (*reversed(size), 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def seen(picture: bytes, height: int, width: int, mode: str = "RGB") -> Any:
    """Decode it as a user of Keras does: load, resize, to an array of floats."""
    image = Image.open(io.BytesIO(picture)).convert(mode)
    levels = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR), dtype="float32")
    return levels.reshape(1, height, width, -1)


def tensor(content: bytes, dtype: str, shape: tuple[int, ...]) -> Any:
    """Read raw content."""
    return np.frombuffer(content, dtype).reshape(shape)


@pytest.mark.parametrize(
    ("pixels", "made"),
    [
        (Pixels(0, 1), lambda x: x / 255),
        (Pixels(-1, 1), lambda x: x / 127.5 - 1),
        (Pixels(0, 255), lambda x: x),
        (Pixels(0, 1, mean=(0.5,), std=(0.25,)), lambda x: (x / 255 - 0.5) / 0.25),
        (
            Pixels(0, 255, channels="bgr", mean=(103.939, 116.779, 123.68)),
            lambda x: x[..., ::-1] - np.array([103.939, 116.779, 123.68], "float32"),
        ),
        (
            Pixels(0, 1, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
            lambda x: (x / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225],
        ),
    ],
)
def test_pixels_are_what_keras_preparations_make(pixels: Pixels, made: Any) -> None:
    """Its three ways to scale, and those of its older networks: mean of the channels off, blue first."""
    form = pixel_form(pixels, FLOATS)
    picture = jpeg()
    sent = tensor(form.content(picture), "<f4", form.shape)
    assert form.shape == (1, 6, 8, 3)
    np.testing.assert_allclose(sent, made(seen(picture, 6, 8)), rtol=0, atol=1e-4)


def test_grey_and_whole_levels() -> None:
    """One channel where the model takes one; levels as they are where it takes bytes."""
    form = pixel_form(Pixels(0, 255), TensorKind("DT_UINT8", (1, 6, 8, 1)))
    picture = jpeg()
    sent = tensor(form.content(picture), "u1", (1, 6, 8, 1))
    np.testing.assert_array_equal(sent, seen(picture, 6, 8, "L").astype("u1"))
    assert form.words == "pixels, DT_UINT8 of shape [1, 6, 8, 1], grey"


def test_a_picture_of_the_right_size_is_not_touched() -> None:
    """Whatever the manner of resizing."""
    picture = jpeg(size=(8, 6))
    for resize in ("bilinear", "nearest", "bicubic"):
        form = pixel_form(Pixels(0, 255, resize=resize), FLOATS)
        assert np.array_equal(tensor(form.content(picture), "<f4", form.shape), seen(picture, 6, 8))


@settings(deadline=None, max_examples=40)
@given(
    ends=st.sampled_from([(0, 1), (-1, 1), (0, 255)]),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    kind=st.sampled_from([("DT_FLOAT", 3), ("DT_FLOAT", 1), ("DT_UINT8", 3), ("DT_UINT8", 1)]),
    seed=st.integers(0, 5),
    mean=st.sampled_from([(), (0.5,), (1e-7,), (123.68,)]),
)
def test_both_wires_send_the_same_numbers(ends: Any, size: Any, kind: Any, seed: int, mean: Any) -> None:
    """To the last bit of a float: TensorFlow's own classes read the one, JSON's reader the other."""
    dtype, depth = kind
    pixels = Pixels(0, 255, size) if dtype == "DT_UINT8" else Pixels(*ends, size, mean=mean)
    fit = Fit(pixel_form(pixels, TensorKind(dtype, (-1, -1, -1, depth))))
    question, picture = ModelQuestion("m", "s", input_name="x"), jpeg(seed)
    sent = predict_pb2.PredictRequest.FromString(predict_request(question, picture, fit)).inputs["x"]
    assert (sent.dtype, [dim.size for dim in sent.tensor_shape.dim]) == (
        {"DT_FLOAT": 1, "DT_UINT8": 4}[dtype],
        [1, *size, depth],
    )
    numbers = json.loads(RestWire(question, fit).predict(picture).body)["inputs"]["x"]
    layout = "<f4" if dtype == "DT_FLOAT" else "u1"
    assert np.array(numbers, layout).shape == (1, *size, depth)
    assert np.array(numbers, layout).tobytes() == sent.tensor_content


@pytest.mark.parametrize(
    ("pixels", "kind", "reason"),
    [
        (
            Pixels(0, 1),
            TensorKind("DT_STRING", (-1,)),
            (
                "is DT_STRING of shape [-1], and pixels are DT_FLOAT or DT_UINT8: leave pixels "
                "out to send the "
                "JPEG itself"
            ),
        ),
        (
            Pixels(0, 1),
            TensorKind("DT_FLOAT", (-1, 3, 6, 8)),
            (
                "is DT_FLOAT of shape [-1, 3, 6, 8], and pixels are sent as [1, height, width, "
                "channels] with 3 "
                "channels or 1: export the model with such an input"
            ),
        ),
        (
            Pixels(0, 1),
            TensorKind("DT_FLOAT", (-1, 784)),
            (
                "is DT_FLOAT of shape [-1, 784], and pixels are sent as [1, height, width, channels] with 3 "
                "channels or 1: export the model with such an input"
            ),
        ),
        (
            Pixels(0, 1),
            TensorKind("DT_FLOAT", (4, 6, 8, 3)),
            (
                "is DT_FLOAT of shape [4, 6, 8, 3], and pixels are sent as [1, height, width, "
                "channels] with 3 "
                "channels or 1: export the model with such an input"
            ),
        ),
        (
            Pixels(0, 1),
            TensorKind("DT_FLOAT", (-1, -1, 8, 3)),
            (
                "is DT_FLOAT of shape [-1, -1, 8, 3], which leaves the size open: say "
                "pixels.size, [height, width]"
            ),
        ),
        (
            Pixels(0, 1),
            TensorKind("DT_FLOAT", (-1, 6, 5000, 3)),
            "is DT_FLOAT of shape [-1, 6, 5000, 3], and a side may have at most 4,096 pixels",
        ),
        (
            Pixels(0, 1, (6, 9)),
            FLOATS,
            "is DT_FLOAT of shape [-1, 6, 8, 3], and pixels.size is [6, 9]: leave it out",
        ),
        (
            Pixels(0, 1, channels="grey"),
            FLOATS,
            (
                "is DT_FLOAT of shape [-1, 6, 8, 3], and a picture of the channels grey has 1 of them: see "
                "pixels.channels"
            ),
        ),
        (
            Pixels(0, 1),
            TensorKind("DT_UINT8", (-1, 6, 8, 3)),
            "is DT_UINT8, which holds whole levels: say pixels: {range: 0..255}, without mean and std",
        ),
        (
            Pixels(0, 1, mean=(1, 2, 3)),
            TensorKind("DT_FLOAT", (-1, 6, 8, 1)),
            "takes 1 channel, and pixels.mean has 3 numbers",
        ),
        (
            Pixels(0, 1),
            None,
            "is DT_FLOAT of any shape, which leaves the size open: say pixels.size, [height, width]",
        ),
    ],
)
def test_what_takes_no_pixels(pixels: Pixels, kind: TensorKind | None, reason: str) -> None:
    """What it takes is told, and the way out."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is what is asked for
        pixel_form(pixels, kind)
    assert str(caught.value) == reason


def test_what_is_no_picture_cannot_be_sent() -> None:
    """As of every damaged file."""
    form = pixel_form(Pixels(0, 1), FLOATS)
    for damaged in (b"no picture", jpeg()[:40]):
        with pytest.raises(PictureError):
            form.content(damaged)
