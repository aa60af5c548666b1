"""The whole export: fit, write, prove, keep."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import tensorflow as tf

from line_sim_export.backbone import Backbone, seeded_inception
from line_sim_export.card import Card, write_card
from line_sim_export.features import Reader, Reading, read, reader_of
from line_sim_export.head import Head, fit_head
from line_sim_export.lessons import LabelledPicture, Lessons
from line_sim_export.preparation import prepare
from line_sim_export.progress import Reporter
from line_sim_export.prove import Verdict, expected_answers, judge, odd_jpegs, prove_saved
from line_sim_export.signature import Inspector
from line_sim_export.store import WARM_UP, new_version, write_model, write_warm_up

CALIBRATION_PICTURES = 24
PROOF_PICTURES = 6


@dataclass(frozen=True)
class Fitted:
    """A network with a fitted head, and how it does on the pictures held out."""

    reader: Reader
    head: Head
    verdict: Verdict


def export_seeded(lessons: Lessons, seed: int, folder: Path, reporter: Reporter) -> Verdict:
    """Fit a head on the seeded network and keep the model in `folder`.

    Raises ProofError, leaving nothing behind, when the model on disk is not what was fitted.
    """
    reporter.say("calibrating the seeded network")
    backbone = seeded_backbone(lessons, seed)
    fitted = fit_model(backbone, lessons, reporter)
    reporter.say("writing and proving the model")
    card = Card(backbone, lessons.origin, lessons.labels, seed, len(lessons.training), fitted.verdict)
    keep_model(fitted, lessons, card, folder)
    return fitted.verdict


def seeded_backbone(lessons: Lessons, seed: int) -> Backbone:
    """Return the seeded network, calibrated on the first training pictures."""
    jpegs = [picture.jpeg for picture in islice(lessons.training, CALIBRATION_PICTURES)]
    return seeded_inception(seed, prepare(tf.constant(jpegs)).numpy())


def fit_model(backbone: Backbone, lessons: Lessons, reporter: Reporter) -> Fitted:
    """Fit a head for these lessons on a network, and judge it by the pictures held out."""
    reader = reader_of(backbone)
    with reporter.counting("reading training pictures", len(lessons.training)) as advance:
        training = read(reader, lessons.training, advance)
    reporter.say("fitting the head")
    head = fit_head(training, lessons.labels).head
    with reporter.counting("reading held-out pictures", len(lessons.held_out)) as advance:
        held_out = read(reader, lessons.held_out, advance)
    verdict = judge(head.probabilities(held_out), held_out.names, lessons.labels)
    return Fitted(reader, head, verdict)


def keep_model(fitted: Fitted, lessons: Lessons, card: Card, folder: Path) -> None:
    """Write the model beside its place, prove it, and only then move it there."""
    jpegs = [picture.jpeg for picture in islice(lessons.held_out, PROOF_PICTURES)]
    jpegs += odd_jpegs(jpegs[0])
    with new_version(folder) as draft:
        write_model(Inspector(fitted.reader.network, fitted.head), draft)
        expected = expected_answers(fitted.head, reread(fitted.reader, jpegs))
        prove_saved(draft, expected, jpegs)
        write_warm_up(draft, folder.parent.name, jpegs[:1])
        write_card(card, draft / WARM_UP.parent)


def reread(reader: Reader, jpegs: list[bytes]) -> Reading:
    """Put pictures of unknown truth through the network in memory."""
    return read(reader, [LabelledPicture(jpeg, "") for jpeg in jpegs], lambda _: None)
