"""The exports: a head fitted on rendered parts, or a network with its own classes."""

from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import tensorflow as tf

from line_sim_export.heads.head import Head, fit_head
from line_sim_export.heads.recentring import recentred
from line_sim_export.model.card import OWN_CLASSES, Card
from line_sim_export.model.freezing import Precision
from line_sim_export.model.prove import Answers, Verdict, answers_of, expected_answers, judge
from line_sim_export.model.saving import Candidate, Function, keep_model
from line_sim_export.model.signature import judge_of, judge_of_classes
from line_sim_export.model.unfrozen import write_unfrozen
from line_sim_export.networks.backbone import Backbone, seeded_inception
from line_sim_export.pictures.features import Reader, Reading, read, reader_of
from line_sim_export.pictures.lessons import LabelledPicture, Lessons, Pictures
from line_sim_export.pictures.preparation import prepare
from line_sim_export.progress import Reporter

CALIBRATION_PICTURES = 24


@dataclass(frozen=True)
class Fitted:
    """A network with a fitted head, and what it says of the pictures held out."""

    reader: Reader
    head: Head
    verdict: Verdict
    answers: Answers


def export_seeded(
    lessons: Lessons, seed: int, folder: Path, precision: Precision, reporter: Reporter
) -> Card:
    """Fit a head on the seeded network and keep the model in `folder`.

    Raises ProofError, leaving nothing behind, when the model on disk is not what was fitted.
    """
    reporter.say("calibrating the seeded network")
    backbone = seeded_backbone(lessons.training, seed)
    return export_detectors(backbone, lessons, seed, folder, precision, reporter)


def export_detectors(
    backbone: Backbone, lessons: Lessons, seed: int, folder: Path, precision: Precision, reporter: Reporter
) -> Card:
    """Fit detectors on the blocks of an InceptionV3 and keep the model in `folder`. Raises ProofError."""
    fitted = fit_model(backbone, lessons, reporter)
    card = Card(
        backbone, lessons.origin, lessons.labels, seed, len(lessons.training), fitted.verdict, precision
    )
    drawn = None if backbone.pretrained else seed

    def expect(jpegs: list[bytes]) -> Answers:
        return expected_answers(fitted.head, reread(fitted.reader, jpegs))

    def lowered() -> Function:
        network = fitted.reader.network
        return judge_of(
            network, recentred(fitted.head, network, precision, calibration_jpegs(lessons.training))
        )

    candidate = Candidate(
        judge_of(fitted.reader.network, fitted.head),
        fitted.head.labels,
        expect,
        lessons.held_out,
        unseen=True,
        answers=fitted.answers,
        lowered=lowered,
        keep=partial(write_unfrozen, fitted.reader.network, fitted.head, drawn),
    )
    return keep_model(candidate, card, folder, reporter)


def export_own_classes(
    backbone: Backbone,
    labels: tuple[str, ...],
    pictures: Pictures,
    folder: Path,
    precision: Precision,
    reporter: Reporter,
) -> Card:
    """Keep a network with the classes that it was trained on; the pictures are what it is proven on.

    Raises ProofError, leaving nothing behind, when the model on disk is not the network.
    """
    judge = judge_of_classes(backbone)
    candidate = Candidate(judge, labels, partial(told_by, judge, labels), pictures)
    card = Card(backbone, "none", labels, 0, 0, None, precision, head=OWN_CLASSES)
    return keep_model(candidate, card, folder, reporter)


def told_by(judge: Function, labels: tuple[str, ...], jpegs: list[bytes]) -> Answers:
    """Return label and score of each picture by a function from JPEGs to probabilities."""
    return answers_of(judge(tf.constant(jpegs)).numpy(), labels)


def seeded_backbone(pictures: Pictures, seed: int) -> Backbone:
    """Return the seeded network, calibrated on the first of the pictures."""
    return seeded_inception(seed, prepare(tf.constant(calibration_jpegs(pictures))).numpy())


def calibration_jpegs(pictures: Pictures) -> list[bytes]:
    """Return the first of the pictures."""
    return [picture.jpeg for picture in islice(pictures, CALIBRATION_PICTURES)]


def fit_model(backbone: Backbone, lessons: Lessons, reporter: Reporter) -> Fitted:
    """Fit a head for these lessons on a network, and judge it by the pictures held out."""
    reader = reader_of(backbone)
    with reporter.counting("reading training pictures", len(lessons.training)) as advance:
        training = read(reader, lessons.training, advance)
    reporter.say("fitting the head")
    head = fit_head(training, lessons.labels).head
    with reporter.counting("reading held-out pictures", len(lessons.held_out)) as advance:
        held_out = read(reader, lessons.held_out, advance)
    rows = head.probabilities(held_out)
    verdict = judge(rows, held_out.names, lessons.labels)
    return Fitted(reader, head, verdict, answers_of(rows, lessons.labels))


def reread(reader: Reader, jpegs: list[bytes]) -> Reading:
    """Put pictures of unknown truth through the network in memory."""
    return read(reader, [LabelledPicture(jpeg, "") for jpeg in jpegs], lambda _: None)
