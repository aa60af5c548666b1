"""The graph shows a network what a person sees, whether line-sim or another client sent the file."""

import io
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from camera_files import (
    CameraFile,
    camera_files,
    colour_jpeg,
    deep_png,
    differ,
    encoded,
    exif,
    for_graphs,
    grey_jpeg,
    scene,
    turned_jpeg,
)
from commands import PEAK_KB
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from line_sim.pictures.files.sending import sendable
from line_sim.pictures.rendered.flange import RenderedFlanges

pytestmark = [pytest.mark.slow, pytest.mark.server]

SIDE = 16
LOSS = 5  # of a JPEG, as the mean of a small picture's samples


@pytest.fixture(scope="module")
def tensorflow() -> Any:
    """TensorFlow, started quietly."""
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    return tf


@pytest.fixture(scope="module")
def look(tensorflow: Any) -> Callable[[bytes], Any]:
    """What a network is shown of a picture, 0 to 255."""
    from line_sim_export.pictures.preparation import prepare_one

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([], tensorflow.string)], autograph=False)
    def looked(picture: Any) -> Any:
        return prepare_one(picture, SIDE)

    return lambda picture: looked(tensorflow.constant(picture)).numpy()


@pytest.fixture(scope="module")
def resized(tensorflow: Any) -> Callable[[Any], Any]:
    """What a network is shown of the pixels that a person sees."""

    def resize(seen: Any) -> Any:
        rgb = np.repeat(seen[..., None], 3, axis=2) if seen.ndim == 2 else seen
        return tensorflow.image.resize(rgb.astype(np.float32), (SIDE, SIDE), antialias=True).numpy()

    return resize


@settings(deadline=None, max_examples=150)
@given(file=for_graphs)
def test_a_client_s_own_file_is_shown_as_a_person_sees_it(
    look: Callable[[bytes], Any], resized: Callable[[Any], Any], file: CameraFile
) -> None:
    """JPEG or PNG, of whatever mode, depth and orientation; without loss where there is none to be had."""
    shown = look(file.content)
    assert differ(shown, resized(file.seen)) < 0.75
    assert differ(shown, look(sendable(file.content))) < LOSS


@settings(deadline=None, max_examples=100)
@given(file=camera_files)
def test_what_line_sim_sends_is_shown_as_a_person_sees_it(
    look: Callable[[bytes], Any], resized: Callable[[Any], Any], file: CameraFile
) -> None:
    """Whatever the file was."""
    assert differ(look(sendable(file.content)), resized(file.seen)) < LOSS


@pytest.mark.parametrize("size", [(320, 320), (64, 48), (1, 1), (700, 20)])
def test_an_ordinary_jpeg_comes_out_bit_for_bit_as_it_always_did(
    tensorflow: Any, size: tuple[int, int]
) -> None:
    """A model exported today answers it as one that decoded, cast to floats and resized."""
    from line_sim_export.pictures.preparation import prepare

    def before(jpeg: bytes) -> Any:
        pixels = tensorflow.io.decode_jpeg(jpeg, channels=3, dct_method="INTEGER_ACCURATE")
        floats = tensorflow.cast(pixels, tensorflow.float32)
        return tensorflow.image.resize(floats, (299, 299), antialias=True) / (255 / 2) - 1

    with Image.open(io.BytesIO(RenderedFlanges(seed=3).picture(1, "good", ""))) as flange:
        pictures = [
            flange.resize(size),
            flange.convert("L").resize(size),
            flange.convert("CMYK").resize(size),
        ]
    jpegs = [encoded(picture, "JPEG") for picture in pictures]
    shown = prepare(tensorflow.constant(jpegs)).numpy()
    assert np.array_equal(shown, np.stack([before(jpeg).numpy() for jpeg in jpegs]))


def animated(form: str) -> bytes:
    """Return a picture that moves."""
    pages = [Image.new("L", (8, 8), grey) for grey in (10, 200)]
    return encoded(pages[0], form, save_all=True, append_images=pages[1:])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (encoded(Image.new("L", (8, 8)), "GIF"), "the picture is no JPEG and no PNG"),
        (encoded(Image.new("L", (8, 8)), "WEBP"), "the picture is no JPEG and no PNG"),
        (encoded(Image.new("L", (8, 8)), "BMP"), "the picture is no JPEG and no PNG"),
        (encoded(Image.new("L", (8, 8)), "TIFF"), "the picture is no JPEG and no PNG"),
        (b"", "the picture is no JPEG and no PNG"),
        (animated("PNG"), "the picture is an animated PNG"),
        (
            deep_png(scene(1, 1, 2**16), tRNS=struct.pack(">H", 9)),
            "a PNG with one colour that is transparent",
        ),
    ],
)
def test_what_the_graph_cannot_show_rightly_is_refused_by_name(
    tensorflow: Any, look: Callable[[bytes], Any], content: bytes, words: str
) -> None:
    """Also what TensorFlow decodes in ways of its own: a GIF's transparency black, a WebP in four axes."""
    with pytest.raises(tensorflow.errors.InvalidArgumentError, match=words):
        look(content)


@settings(deadline=None, max_examples=300)
@given(file=for_graphs, data=st.data())
def test_a_damaged_file_is_shown_or_an_invalid_argument(
    tensorflow: Any, look: Callable[[bytes], Any], file: CameraFile, data: st.DataObject
) -> None:
    """The one status that says so, and nothing else."""
    content = bytearray(file.content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(min_size=1, max_size=4))
    with suppress(tensorflow.errors.InvalidArgumentError):
        assert look(bytes(content)).shape == (SIDE, SIDE, 3)


def png_chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.parametrize("kind", ["segments", "filling", "chunks"])
def test_a_file_of_nothing_but_headers_keeps_no_server_busy(
    tensorflow: Any, look: Callable[[bytes], Any], kind: str
) -> None:
    """Four megabytes of the smallest segments or chunks are not walked through: that took minutes."""
    jpeg, png = colour_jpeg(1).content, deep_png(scene(1, 3))
    many = {
        "segments": jpeg[:2] + b"\xff\xe5\0\x02" * 2**20 + jpeg[2:],
        "filling": jpeg[:2] + b"\xff" * 2**22 + jpeg[2:],
        "chunks": png[:33] + png_chunk(b"prVt", b"") * 2**18 + png[33:],
    }[kind]
    look(jpeg)
    began = time.monotonic()
    with suppress(tensorflow.errors.InvalidArgumentError):
        look(many)
    assert time.monotonic() - began < 20  # of minutes, on any machine


def test_exif_is_found_behind_other_segments_and_in_either_byte_order(look: Callable[[bytes], Any]) -> None:
    """Where a program has put a profile and a comment before it, or a camera counts from the left."""
    file = turned_jpeg(7, 8)
    behind = file.content[:2] + b"\xff\xe2\0\x10" + b"p" * 14 + b"\xff\xff\xfe\0\x04hi" + file.content[2:]
    assert np.array_equal(look(behind), look(file.content))
    little = file.content.replace(exif(8).tobytes()[6:], little_endian(8))
    assert little != file.content
    assert np.array_equal(look(little), look(file.content))


def little_endian(orientation: int) -> bytes:
    """Return the same EXIF, counted from the left."""
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def test_damaged_exif_leaves_a_picture_as_it_is_stored(look: Callable[[bytes], Any]) -> None:
    """As in every viewer, and as line-sim sends it."""
    content = turned_jpeg(4, 6).content
    at = content.index(b"Exif\0\0") + 6
    for junk in (b"XX", b"MM\0*\xff\xff\xff\xff"):
        damaged = content[:at] + junk + content[at + len(junk) :]
        with Image.open(io.BytesIO(content)) as stored:
            plain = encoded(stored, "PNG")
        assert differ(look(damaged), look(plain)) < 0.01


def test_a_whole_batch_is_shown_one_by_one(tensorflow: Any) -> None:
    """Files of all kinds in one request: each as alone."""
    from line_sim_export.pictures.preparation import prepare

    files = [grey_jpeg(1), turned_jpeg(2, 5)]
    contents = [*(file.content for file in files), deep_png(scene(3, 4, 4096))]
    together = prepare(tensorflow.constant(contents), side=SIDE).numpy()
    alone = [prepare(tensorflow.constant([content]), side=SIDE).numpy()[0] for content in contents]
    assert np.array_equal(together, np.stack(alone))


MEASURED = f"""
import sys
from pathlib import Path
from line_sim_export.silence import import_tensorflow
import_tensorflow()
import tensorflow as tf
from line_sim_export.pictures.preparation import prepare

@tf.function(input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)
def look(pictures):
    return prepare(pictures)

small, large = [Path(name).read_bytes() for name in sys.argv[1:]]
look(tf.constant([small]))
picture = tf.constant([large])
Path('/proc/self/clear_refs').write_text('5')  # the peak begins anew
before = {PEAK_KB}
look(picture)
print(({PEAK_KB} - before) * 1024)
"""


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("bits", [8, 16])
def test_no_picture_takes_more_than_the_server_reckons(tmp_path: Path, channels: int, bits: int) -> None:
    """The embedded server keeps its memory by what a header tells; so the graph must keep to that."""
    from line_sim_serving.limits.picture_sizes import picture_size

    for name, side in (("small", 8), ("large", 4000)):
        samples = np.full((side, side, channels), 77, np.uint8 if bits == 8 else np.uint16)
        mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[channels]
        picture = Image.frombytes(mode, (side, side), samples.tobytes()) if bits == 8 else None
        content = encoded(picture, "PNG", compress_level=1) if picture else deep_png(samples)
        (tmp_path / name).write_bytes(content)
    reckoned = picture_size((tmp_path / "large").read_bytes())
    assert reckoned is not None
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(tmp_path / "small"), str(tmp_path / "large")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < reckoned.decoded
