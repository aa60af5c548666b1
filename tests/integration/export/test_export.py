"""The exported model: what is written, what is proven, what is refused, and how good it is.

The small model is fitted on 60 parts, to see the mechanics; how well it judges does not matter. The
quality is that of the model in `models/`, or, where there is none, of a full export.
"""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from line_sim_export.pictures.labelled_folder import read_labelled
from line_sim_export.pictures.lessons import RenderedParts, rendered_lessons
from line_sim_export.progress import Reporter
from PIL import Image
from rich.console import Console
from small_networks import empty_answers, no_rows

from line_sim.errors import ScenarioError
from line_sim.pictures.rendered.flange import RenderedFlanges

pytestmark = [pytest.mark.slow, pytest.mark.server]

EXPORTED = Path(__file__).parents[3] / "models" / "inception_v3" / "0"

Answers = dict[str, Any]
Ask = Callable[[list[bytes]], Answers]


def line_sim_export(*options: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, without a terminal, in float32 unless told otherwise."""
    command = [sys.executable, "-m", "line_sim_export", "--precision", "float32", *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def load(folder: Path) -> Ask:
    """Load a model from disk and return its signature `inspect`, from JPEGs to lists of answers."""
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    model = tf.saved_model.load(str(folder))

    def ask(jpegs: list[bytes]) -> Answers:
        answers = model.signatures["inspect"](image=tf.constant(jpegs))
        return {name: answer.numpy().tolist() for name, answer in answers.items()}

    return ask


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A model fitted on few parts, and what the export said."""
    out = tmp_path_factory.mktemp("export") / "inception_v3"
    done = line_sim_export("--out", out, "--parts", "60")
    assert done.returncode == 0, done.stderr
    return out / "0", done.stdout


@pytest.fixture(scope="session")
def ask(small: tuple[Path, str]) -> Ask:
    """The small model, loaded from disk."""
    return load(small[0])


def test_a_model_is_a_version_folder_that_a_server_can_load(small: tuple[Path, str]) -> None:
    """The SavedModel, its warm-up file and its card are there, no draft is left beside it."""
    folder = small[0]
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    extra = {
        f"assets.extra/{name}" for name in ("tf_serving_warmup_requests", "model_card.md", "model_card.json")
    }
    assert {"saved_model.pb"} | extra <= written
    assert [path.name for path in folder.parent.iterdir()] == ["0"]


def test_without_a_terminal_the_export_says_plain_lines(small: tuple[Path, str]) -> None:
    """Each step is a line without control characters; the last one says where the model is."""
    said = small[1]
    assert "\x1b" not in said
    assert "reading training pictures: 60 pictures in " in said
    assert "false alarms in 50 good" in said
    assert said.splitlines()[-1].startswith(f"{small[0]} is ready")


def test_the_card_says_that_the_network_is_not_pretrained(small: tuple[Path, str]) -> None:
    """Whoever reads the card learns what the model is and how it did on parts held out."""
    extra = small[0] / "assets.extra"
    facts = json.loads((extra / "model_card.json").read_text())
    assert (facts["pretrained"], facts["seed"], facts["training_parts"]) == (False, 1, 60)
    assert facts["held_out"]["good"] == facts["held_out"]["defective"] == 50
    by_label = facts["held_out"]["by_label"]
    flagged = sum(row["parts"] - row["shipped"] for label, row in by_label.items() if label != "good")
    assert facts["held_out"]["flagged"] == flagged
    assert "not pretrained" in (extra / "model_card.md").read_text()
    measured = facts["milliseconds_a_picture"]
    assert min(measured["plain"], measured["this_export"]) > 0
    assert (facts["precision"], facts["agreement_with_float32"]) == ("float32", None)


def test_the_warm_up_file_holds_a_request_for_each_signature(small: tuple[Path, str]) -> None:
    """TensorFlow Serving replays one JPEG for each, and for what the gRPC gateway asks of `inspect`."""
    import tensorflow as tf
    from tensorflow_serving.apis import prediction_log_pb2

    records = tf.data.TFRecordDataset(str(small[0] / "assets.extra" / "tf_serving_warmup_requests"))
    logs = [prediction_log_pb2.PredictionLog.FromString(record.numpy()) for record in records]
    specs = [getattr(log, log.WhichOneof("log_type")).request.model_spec for log in logs]
    assert [log.WhichOneof("log_type") for log in logs] == ["predict_log"] * 3 + ["classify_log"]
    assert [spec.signature_name for spec in specs] == ["inspect", "inspect", "serving_default", "classify"]
    filters = [list(log.predict_log.request.output_filter) for log in logs]
    assert filters == [[], ["label", "score"], [], []]
    assert {spec.name for spec in specs} == {"inception_v3"}


def test_scores_are_probabilities_in_falling_order(ask: Ask) -> None:
    """`label` and `score` are the first of the top k; scores lie in 0..1 and add up to at most 1."""
    answers = ask([picture.jpeg for picture in RenderedParts(seed=11, count=6)])
    names = ("label", "score", "top_k_labels", "top_k_scores")
    for label, score, labels, scores in zip(*(answers[name] for name in names), strict=True):
        assert (label, score) == (labels[0], scores[0])
        assert scores == sorted(scores, reverse=True)
        assert min(scores) >= 0
        assert sum(scores) <= 1 + 1e-6
        assert set(labels) <= {b"good", b"stain", b"scratch", b"pits", b"missing_bore", b"chip"}


def test_a_batch_and_single_pictures_are_judged_alike(ask: Ask) -> None:
    """A server may batch requests: the answer must not depend on the neighbours."""
    jpegs = [picture.jpeg for picture in RenderedParts(seed=11, count=5)]
    together = ask(jpegs)
    alone = [ask([jpeg]) for jpeg in jpegs]
    assert together["label"] == [answer["label"][0] for answer in alone]
    assert together["score"] == pytest.approx([answer["score"][0] for answer in alone], abs=1e-4)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
@pytest.mark.parametrize("size", [(320, 320), (64, 200), (1600, 1200)])
def test_any_jpeg_is_answered(ask: Ask, mode: str, size: tuple[int, int]) -> None:
    """Grey and CMYK pictures of any size are brought into the network's form by the graph itself."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(RenderedFlanges(seed=1).picture(1, "good", ""))) as picture:
        picture.resize(size).convert(mode).save(buffer, format="JPEG")
    assert len(ask([buffer.getvalue()])["label"]) == 1


def test_an_empty_batch_has_an_empty_answer(small: tuple[Path, str]) -> None:
    """No picture, no label, no error, whichever signature is asked."""
    assert empty_answers(small[0]) == no_rows(labels=6)


def test_bytes_that_are_no_jpeg_are_an_invalid_argument(ask: Ask) -> None:
    """The server answers INVALID_ARGUMENT, which the gateway knows as the fault of the picture."""
    import tensorflow as tf

    with pytest.raises(tf.errors.InvalidArgumentError):
        ask([b"not a picture"])


def test_a_version_is_not_overwritten_unasked(small: tuple[Path, str]) -> None:
    """A second export of the same version is refused at once, with exit 2 and the way out."""
    before = (small[0] / "saved_model.pb").stat().st_mtime_ns
    done = line_sim_export("--out", small[0].parent)
    assert done.returncode == 2
    assert "exists already; give --force to replace it or another --version" in done.stderr
    assert (small[0] / "saved_model.pb").stat().st_mtime_ns == before


def test_a_failing_proof_leaves_no_model(small: tuple[Path, str], ask: Ask, tmp_path: Path) -> None:
    """A model whose scores are not those of the network in memory is refused, and nothing of it stays."""
    from line_sim_export.model.prove import ProofError, prove_saved
    from line_sim_export.model.store import new_version

    def keep(expected: list[tuple[str, float]]) -> None:
        with new_version(tmp_path / "m" / "1") as draft:
            (draft / "saved_model.pb").write_bytes(b"")
            prove_saved(small[0], expected, jpegs)

    jpegs = [picture.jpeg for picture in RenderedParts(seed=11, count=1)]
    honest = ask(jpegs)
    label, score = honest["label"][0].decode(), honest["score"][0]
    with pytest.raises(ProofError, match="the network in memory says"):
        keep([(label, score - 0.01)])
    assert list((tmp_path / "m").iterdir()) == []
    keep([(label, score)])
    assert [path.name for path in (tmp_path / "m").iterdir()] == ["1"]


def test_no_part_is_both_learned_and_judged() -> None:
    """The two groups of rendered parts have different seeds."""
    rendered = rendered_lessons(seed=1, parts=10, held_out=10)
    assert not {p.jpeg for p in rendered.training} & {p.jpeg for p in rendered.held_out}


def test_a_folder_with_too_few_pictures_is_refused(tmp_path: Path) -> None:
    """Three good and three defective pictures teach nothing; the message says how many are needed."""
    with pytest.raises(
        ScenarioError, match="3 good and 3 defective pictures; at least 10 of each are needed"
    ):
        read_labelled(folder_of(tmp_path, 3), 1, None, Reporter(Console(), quiet=True))


def folder_of(path: Path, count: int) -> Path:
    """Write so many good and so many defective pictures into a folder."""
    for number, picture in enumerate(islice(RenderedParts(seed=5, count=2 * count), 2 * count)):
        state = "good" if picture.label == "good" else "defective"
        (path / state).mkdir(exist_ok=True)
        (path / state / f"{number:03}.jpg").write_bytes(picture.jpeg)
    return path


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model that runs use, or one exported the same way where there is none yet."""
    if (EXPORTED / "saved_model.pb").exists():
        return EXPORTED
    out = tmp_path_factory.mktemp("full") / "inception_v3"
    done = line_sim_export("--out", out)
    assert done.returncode == 0, done.stderr
    return out / "0"


def judged(ask: Ask, parts: RenderedParts) -> Iterator[tuple[str, bool]]:
    """Give each part's true label and whether the default policy ships it."""
    rest = iter(parts)
    while batch := list(islice(rest, 20)):
        answers = ask([picture.jpeg for picture in batch])
        for picture, label, score in zip(batch, answers["label"], answers["score"], strict=True):
            yield picture.label, label == b"good" and score >= 0.8


def test_defective_parts_are_told_from_good_ones(exported: Path) -> None:
    """Of 1,000 parts never seen, 95 % of the defective are flagged, and at most 1 % of the good."""
    ask = load(exported)
    verdicts = [verdict for seed in (20231015, 78) for verdict in judged(ask, RenderedParts(seed, 500))]
    good = [shipped for label, shipped in verdicts if label == "good"]
    defective = [shipped for label, shipped in verdicts if label != "good"]
    assert (len(good), len(defective)) == (500, 500)
    assert defective.count(False) >= 475
    assert good.count(False) <= 5
