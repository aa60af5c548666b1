"""Networks that others have trained, with their own classes: TensorFlow Hub's, Keras' and a file's.

The stand-ins are of the same kinds and come by the same ways, but were never trained; only sizes differ.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from small_networks import SIDE, empty_answers, line_sim_export, no_rows, pack, shared, write_hub_module

from line_sim.errors import ScenarioError
from line_sim.pictures.rendered.flange import RenderedFlanges

pytestmark = [
    pytest.mark.slow,
    pytest.mark.server,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras' own affair
]

JPEGS = [RenderedFlanges(seed=11).picture(item, "good", "") for item in range(3)]
FIVE = ("tench", "goldfish", "great white shark", "tiger shark", "hammerhead")


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TensorFlow Hub module of 1001 logits."""
    return write_hub_module(tmp_path_factory.mktemp("hub") / "module")


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keras' class index, its names made up."""
    path = tmp_path_factory.mktemp("names") / "imagenet_class_index.json"
    path.write_text(json.dumps({str(number): [f"n{number}", f"class_{number}"] for number in range(1000)}))
    return path


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of InceptionV3 with a top of five classes, in a file of Keras'."""
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import keras

    keras.utils.set_random_seed(3)
    path = tmp_path_factory.mktemp("weights") / "five.weights.h5"
    keras.applications.InceptionV3(weights=None, classes=5).save_weights(path)
    return path


def answers(version: Path) -> list[tuple[str, float]]:
    """Return what the exported model says of the pictures."""
    import tensorflow as tf

    told = tf.saved_model.load(str(version)).signatures["inspect"](image=tf.constant(JPEGS))
    return [
        (label.decode(), score)
        for label, score in zip(told["label"].numpy(), told["score"].numpy(), strict=True)
    ]


def squares(side: int) -> Any:
    """Return the pictures as the networks' documentation wants them cut, in 0..255."""
    import tensorflow as tf

    decoded = [tf.io.decode_jpeg(jpeg, dct_method="INTEGER_ACCURATE") for jpeg in JPEGS]
    return tf.stack([tf.image.resize(pixels, (side, side), antialias=True) for pixels in decoded])


def test_a_hub_module_is_asked_in_its_own_scale_and_names_its_own_classes(
    module: Path, names: Path, tmp_path: Path
) -> None:
    """Black is 0 and white is 1, the first of 1001 classes is `background`; the card says what it is."""
    import tensorflow as tf

    done = line_sim_export("--handle", module, "--labels", names, "--out", tmp_path / "m", "--quiet")
    assert done.exit_code == 0, done.stderr
    labels = ["background", *(f"class {number}" for number in range(1000))]
    rows = tf.nn.softmax(tf.saved_model.load(str(module))(squares(SIDE) / 255)).numpy()
    expected = [(labels[row.argmax()], pytest.approx(row.max(), abs=1e-4)) for row in rows]
    assert answers(tmp_path / "m" / "0") == expected
    facts = json.loads((tmp_path / "m" / "0" / "assets.extra" / "model_card.json").read_text())
    assert (facts["pretrained"], facts["labels"], facts["held_out"]) == (True, labels, None)
    assert facts["backbone"] == f"TensorFlow Hub: {module}"


def test_a_module_is_downloaded_once(module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive's address is a handle, too; afterwards `TFHUB_CACHE_DIR` has it, with or without a net."""
    from line_sim_export.networks.hub import hub_network

    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path / "cache"))
    pack(module, tmp_path / "module.tar.gz")
    with shared(tmp_path) as address:
        first = hub_network(f"{address}/module.tar.gz")
    again = hub_network(f"{address}/module.tar.gz")
    assert first.key == again.key == hub_network(str(module)).key
    with pytest.raises(ScenarioError, match="cannot be had from TensorFlow Hub"):
        hub_network(f"{address}/another.tar.gz")


def test_weights_of_a_file_are_asked_as_keras_asks_them(weights: Path, tmp_path: Path) -> None:
    """The exported model says what `model.predict` says of pictures prepared by keras.applications."""
    import keras

    (tmp_path / "names.txt").write_text("\n".join(FIVE))
    done = line_sim_export(
        "--weights", weights, "--labels", tmp_path / "names.txt", "--out", tmp_path / "m", "--quiet"
    )
    assert done.exit_code == 0, done.stderr
    network = keras.applications.InceptionV3(weights=None, classes=5)
    network.load_weights(weights)
    rows = network.predict(keras.applications.inception_v3.preprocess_input(squares(299)), verbose=0)
    expected = [(FIVE[row.argmax()], pytest.approx(row.max(), abs=1e-4)) for row in rows]
    assert answers(tmp_path / "m" / "0") == expected
    assert empty_answers(tmp_path / "m" / "0") == no_rows(len(FIVE))


def test_keras_weights_are_fetched_once_and_checked(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stay in Keras' cache; a file whose checksum is another is not taken."""
    from line_sim_export.networks.pretrained import Published, keras_inception

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    md5 = hashlib.md5(weights.read_bytes(), usedforsecurity=False).hexdigest()
    with shared(weights.parent) as address:
        published = Published(f"{address}/{weights.name}", md5, "do without")
        assert keras_inception(published).network.output_shape == (None, 5)
        assert (tmp_path / "models" / weights.name).exists()
    assert published.fetch() == tmp_path / "models" / weights.name
    (tmp_path / "models" / weights.name).write_bytes(b"half a file")
    with pytest.raises(ScenarioError, match=r"cannot be had .* or do without"):
        published.fetch()


def test_weights_without_a_top_have_no_classes(tmp_path: Path) -> None:
    """The message says what can be done with them."""
    import keras

    path = tmp_path / "no_top.weights.h5"
    keras.applications.InceptionV3(weights=None, include_top=False).save_weights(path)
    done = line_sim_export("--weights", path, "--out", tmp_path / "m", "--quiet")
    assert done.exit_code == 2
    assert "no classes of its own" in done.stderr
    assert "--head fitted" in done.stderr


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files and a module that are of another kind than their names say."""
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import keras
    import tensorflow as tf

    folder = tmp_path_factory.mktemp("wrong")
    for name in ("text.h5", "text.txt", "bad.json"):
        (folder / name).write_text("some text")
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save_weights(folder / "other.weights.h5")
    adder = tf.Module()
    adder.add = tf.function(lambda x: {"output_0": x + 1}, [tf.TensorSpec([2], tf.float32)])
    signature = adder.add.get_concrete_function()
    tf.saved_model.save(adder, str(folder / "adder"), {"serving_default": signature})
    return folder


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--weights", "{tmp}/none.h5"), "none.h5: there is no such file"),
        (("--weights", "{tmp}/text.h5"), "text.h5: is no HDF5 file"),
        (("--weights", "{tmp}/text.txt"), "only from files ending in .h5"),
        (("--weights", "{tmp}/other.weights.h5"), "no weights of keras.applications.InceptionV3"),
        (("--handle", "{tmp}/nowhere"), "nowhere cannot be had from TensorFlow Hub"),
        (("--handle", "{tmp}"), "TensorFlow cannot load what is in"),
        (("--handle", "{tmp}/adder"), "the module gives float32 of shape (1, 299, 299, 3) for a picture"),
        (("--handle", "{module}", "--labels", "{tmp}/text.txt"), "has 1 names, the network tells 1001"),
        (("--handle", "{module}", "--labels", "{tmp}/none.txt"), "none.txt: cannot be read"),
        (("--handle", "{module}", "--labels", "{tmp}/bad.json"), "bad.json: is no class index"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(
    options: tuple[str, ...], told: str, module: Path, wrong: Path, tmp_path: Path
) -> None:
    """The exit code is that of a wrong command line, and nothing is left behind."""
    filled = [option.format(tmp=wrong, module=module) for option in options]
    done = line_sim_export(*filled, "--out", tmp_path / "m" / "x", "--quiet")
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "m").exists()
