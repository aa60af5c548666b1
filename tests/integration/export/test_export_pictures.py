"""A model of one's own pictures: what is used, what is left out, what is told of it, and how it goes on.

The network is a small TensorFlow Hub module: flanges are easily told from dark ones and from noise.
"""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_networks import line_sim_export, write_hub_module

from line_sim.pictures.rendered.flange import RenderedFlanges

pytestmark = [pytest.mark.slow, pytest.mark.server]

EACH = 12


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module of 40 features."""
    return write_hub_module(tmp_path_factory.mktemp("hub") / "module", classes=40)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three classes, one of them in folders of its own, and five files that are of no use."""
    folder, source = tmp_path / "pictures", RenderedFlanges(seed=5)
    for name in ("good", "dark/monday", "dark/tuesday", "noise"):
        (folder / name).mkdir(parents=True)
    for item in range(EACH):
        jpeg = source.picture(item, "good", "")
        (folder / "good" / f"{item:02}.jpg").write_bytes(jpeg)
        with Image.open(io.BytesIO(jpeg)) as picture:
            day = "monday" if item % 2 else "tuesday"
            picture.point(lambda value: value // 4).save(folder / "dark" / day / f"{item:02}.png")
        noise = np.random.default_rng(item).integers(0, 256, (80, 80, 3), np.uint8)
        Image.fromarray(noise).save(folder / "noise" / f"{item:02}.jpg")
    jpeg = source.picture(99, "good", "")
    (folder / "good" / "cut.jpg").write_bytes(jpeg[: len(jpeg) // 2])
    (folder / "good" / "empty.jpg").write_bytes(b"")
    (folder / "noise" / "text.jpg").write_text("no picture")
    for name in ("good/both.jpg", "noise/both.jpg"):
        (folder / name).write_bytes(jpeg)
    (folder / "good" / "notes.txt").write_text("no picture, and none by its name")
    (folder / "noise" / "._00.jpg").write_text("a Mac's")
    (folder / ".trash").mkdir()
    return folder


def export(pictures: Path, module: Path, *options: str | Path) -> tuple[int, str, str]:
    """Export a model of the pictures beside them; return exit code, stdout and stderr."""
    where = ("--out", pictures.parent / "m", "--cache", pictures.parent / "cache")
    done = line_sim_export("--pictures", pictures, "--handle", module, *where, *options)
    return done.exit_code, done.stdout, done.stderr


def card(pictures: Path) -> dict[str, object]:
    """Return the card of the model of the pictures."""
    path = pictures.parent / "m" / "0" / "assets.extra" / "model_card.json"
    return dict(json.loads(path.read_text()))


def answers(pictures: Path) -> list[str]:
    """Return what the model on disk calls the first picture of each class."""
    import tensorflow as tf

    model = tf.saved_model.load(str(pictures.parent / "m" / "0"))
    files = ("good/00.jpg", "noise/00.jpg")
    jpegs = [(pictures / file).read_bytes() for file in files]
    return [
        label.decode() for label in model.signatures["inspect"](image=tf.constant(jpegs))["label"].numpy()
    ]


def test_sub_folders_are_classes_and_what_is_of_no_use_is_named(pictures: Path, module: Path) -> None:
    """All that can be read are judged once, by a head that has not seen them; the card has it all."""
    code, said, warned = export(pictures, module)
    assert code == 0, warned
    facts = card(pictures)
    assert facts["labels"] == ["good", "dark", "noise"]
    left_out = {one["file"]: one["reason"] for one in facts["left_out"]}
    assert left_out.keys() == {
        *("good/cut.jpg", "good/empty.jpg", "noise/text.jpg", "good/both.jpg", "noise/both.jpg")
    }
    assert left_out["good/empty.jpg"] == "it is empty"
    assert left_out["noise/both.jpg"] == "the same picture as good/both.jpg"
    assert "5 files are left out" in warned
    assert "1 file is not used: good/notes.txt; a picture's name ends in .jpg" in warned
    assert "1 file is not used: noise/._00.jpg; they are hidden, or a system's own" in warned
    assert all(name in warned for name in left_out)
    counts = facts["cross_validation"]["confusion"]["counts"]
    assert [sum(row) for row in counts] == [EACH] * 3
    assert sum(row[place] for place, row in enumerate(counts)) >= 0.9 * 3 * EACH
    assert "true label" in said
    assert "| 1 good | " in (pictures.parent / "m" / "0" / "assets.extra" / "model_card.md").read_text()
    assert facts["held_out"]["defective"] == 2 * EACH
    assert answers(pictures) == ["good", "noise"]


def test_an_interrupted_export_goes_on_where_it_was(
    pictures: Path, module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends with 130 and leaves no model; the next export reads what is missing, the third nothing."""
    from line_sim_export.pictures.feature_store import FeatureStore, Rows

    add = FeatureStore.add

    def interrupted(store: FeatureStore, digests: list[str], rows: Rows) -> None:
        add(store, digests, rows)
        if len(store) >= 8:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FeatureStore, "add", interrupted)
        code, _, warned = export(pictures, module)
    assert (code, f"goes on from the features in {pictures.parent / 'cache'}" in warned) == (130, True)
    assert not (pictures.parent / "m").exists()
    code, said, _ = export(pictures, module)
    assert (code, "features of 8 of 36 pictures are known already" in said) == (0, True)
    first = card(pictures)["cross_validation"]
    code, said, _ = export(pictures, module, "--force")
    assert (code, "features of 36 of 36 pictures are known already" in said) == (0, True)
    assert card(pictures)["cross_validation"] == first


def test_a_hub_module_can_be_fitted_on_rendered_parts(module: Path, tmp_path: Path) -> None:
    """It shows no blocks: the head is the linear one, cross-validated on the parts that are rendered."""
    where = ("--out", tmp_path / "m", "--cache", tmp_path / "cache", "--quiet")
    done = line_sim_export("--handle", module, "--head", "fitted", "--parts", "60", *where)
    assert done.exit_code == 0, done.stderr
    facts = json.loads((tmp_path / "m" / "0" / "assets.extra" / "model_card.json").read_text())
    assert facts["cross_validation"]["pictures"] == 60
    assert facts["labels"] == ["good", "stain", "scratch", "pits", "missing_bore", "chip"]


@pytest.mark.parametrize(
    ("classes", "told"),
    [
        (None, "there is no such folder; it must have a sub-folder for each class"),
        ((), "has no sub-folder in it"),
        (("good",), "has only good/ in it; two classes at least"),
        (("good", "dent"), "has 0 good and 0 dent pictures; at least 10 of each are needed"),
    ],
)
def test_a_folder_of_no_use_is_told_before_anything_is_done(
    classes: tuple[str, ...] | None, told: str, tmp_path: Path
) -> None:
    """One line with what is needed, exit 2."""
    folder = tmp_path / "pictures"
    for name in classes or ():
        (folder / name).mkdir(parents=True)
    if classes is not None:
        folder.mkdir(exist_ok=True)
    done = line_sim_export("--pictures", folder, "--out", tmp_path / "m", "--quiet")
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "m").exists()
