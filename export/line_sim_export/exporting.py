"""The whole export: fit, write, prove, keep."""

from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import tensorflow as tf

from line_sim_export.agreement import prove_agreement
from line_sim_export.backbone import Backbone, seeded_inception
from line_sim_export.card import Card, write_card
from line_sim_export.features import Reader, Reading, read, reader_of
from line_sim_export.freezing import Precision, freeze
from line_sim_export.head import Head, fit_head
from line_sim_export.lessons import LabelledPicture, Lessons
from line_sim_export.preparation import prepare
from line_sim_export.progress import Reporter
from line_sim_export.prove import (
    Answers,
    Ask,
    Verdict,
    answered,
    answers_of,
    expected_answers,
    judge,
    judge_answers,
    odd_jpegs,
    prove_answers,
    prove_same_labels,
    served,
)
from line_sim_export.recentring import recentred
from line_sim_export.signature import Function, Inspector, judge_of
from line_sim_export.store import WARM_UP, new_version, write_model, write_warm_up
from line_sim_export.timing import measure
from line_sim_export.unfrozen import write_unfrozen

CALIBRATION_PICTURES = 24
PROOF_PICTURES = 6
NAMED_PICTURES = 2  # put through every signature; the network behind them is the same


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
    backbone = seeded_backbone(lessons, seed)
    fitted = fit_model(backbone, lessons, reporter)
    card = Card(
        backbone, lessons.origin, lessons.labels, seed, len(lessons.training), fitted.verdict, precision
    )
    return keep_model(fitted, lessons, card, folder, reporter)


def seeded_backbone(lessons: Lessons, seed: int) -> Backbone:
    """Return the seeded network, calibrated on the first training pictures."""
    return seeded_inception(seed, prepare(tf.constant(calibration_jpegs(lessons))).numpy())


def calibration_jpegs(lessons: Lessons) -> list[bytes]:
    """Return the first training pictures."""
    return [picture.jpeg for picture in islice(lessons.training, CALIBRATION_PICTURES)]


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


def keep_model(fitted: Fitted, lessons: Lessons, card: Card, folder: Path, reporter: Reporter) -> Card:
    """Write the model beside its place, prove and time it, and only then move it there with its card."""
    jpegs = [picture.jpeg for picture in islice(lessons.held_out, PROOF_PICTURES)]
    with new_version(folder) as draft:
        reporter.say(f"freezing the network in {card.precision}")
        judged = judge_of(fitted.reader.network, fitted.head)
        kept = judged if card.precision == "float32" else lowered_judge(fitted, lessons, card.precision)
        write_model(Inspector(freeze(kept, card.precision), fitted.head.labels), draft)
        reporter.say("proving the model")
        with served(draft) as ask:
            if card.precision == "float32":
                odd = jpegs + odd_jpegs(jpegs[0])
                prove_answers(ask, expected_answers(fitted.head, reread(fitted.reader, odd)), odd)
            else:
                card = prove_lowered(fitted, lessons, card, ask, reporter)
            prove_same_labels(ask, jpegs[:NAMED_PICTURES])
            card = replace(card, timing=measure(judged, ask, jpegs[0]))
        write_warm_up(draft, folder.parent.name, jpegs[:1])
        write_card(card, draft / WARM_UP.parent)
        seed = None if card.backbone.pretrained else card.seed
        write_unfrozen(fitted.reader.network, fitted.head, seed, draft)
    return card


def lowered_judge(fitted: Fitted, lessons: Lessons, precision: Precision) -> Function:
    """Return the network with its head, the head's centre moved to where lower precision moves the scores."""
    network = fitted.reader.network
    return judge_of(network, recentred(fitted.head, network, precision, calibration_jpegs(lessons)))


def prove_lowered(fitted: Fitted, lessons: Lessons, card: Card, ask: Ask, reporter: Reporter) -> Card:
    """Hold a model of lower precision to the network's labels of all pictures held out, not to its scores.

    The card's verdict becomes that of the model on disk.
    """
    with reporter.counting("comparing held-out pictures", len(lessons.held_out)) as advance:
        answers = answered(ask, (picture.jpeg for picture in lessons.held_out), advance)
    agreement = prove_agreement(answers, fitted.answers)
    names = tuple(picture.label for picture in lessons.held_out)
    return replace(card, agreement=agreement, verdict=judge_answers(answers, names, lessons.labels))


def reread(reader: Reader, jpegs: list[bytes]) -> Reading:
    """Put pictures of unknown truth through the network in memory."""
    return read(reader, [LabelledPicture(jpeg, "") for jpeg in jpegs], lambda _: None)
