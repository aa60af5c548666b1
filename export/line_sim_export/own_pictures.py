"""The export of a linear head on labelled pictures: features once, cross-validation, one head."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from line_sim.truth import GOOD
from line_sim_export.exporting import CALIBRATION_PICTURES, seeded_backbone
from line_sim_export.heads.detectors import Array
from line_sim_export.heads.linear import LinearHead, fit_linear
from line_sim_export.heads.validation import Validation, dealt, validated
from line_sim_export.model.card import LINEAR, LINEAR_ON_MODULE, Card
from line_sim_export.model.freezing import Precision
from line_sim_export.model.prove import Answers, Verdict, answers_of, judge
from line_sim_export.model.saving import Candidate, keep_model
from line_sim_export.model.signature import judge_of_linear
from line_sim_export.networks.backbone import Backbone
from line_sim_export.pictures.feature_store import opened
from line_sim_export.pictures.labelled_folder import Item, ItemPictures, PictureSet, announce
from line_sim_export.pictures.reading import Eye, blocks_of, eye_of, fill
from line_sim_export.progress import Reporter

MOST_COMPARED = 500


@dataclass(frozen=True)
class Learned:
    """A head, what is known of it, and the pictures as they were used, the first fold apart."""

    labelled: PictureSet
    head: LinearHead
    validation: Validation
    verdict: Verdict | None
    first_fold: ItemPictures


def calibrated_on(labelled: PictureSet, seed: int) -> Backbone:
    """Return the seeded network, calibrated on some of the pictures, which their content alone chooses."""
    first = sorted(labelled.items, key=by_content)[:CALIBRATION_PICTURES]
    return seeded_backbone(ItemPictures(first), seed)


def export_linear(
    backbone: Backbone,
    labelled: PictureSet,
    seed: int,
    cache: Path,
    folder: Path,
    precision: Precision,
    reporter: Reporter,
) -> Card:
    """Fit a linear head on the frozen network and keep the model in `folder`.

    Raises ScenarioError where too few pictures are left, ProofError where the model on disk is another.
    """
    eye = eye_of(backbone)
    learned = learn(eye, labelled, seed, cache, reporter)
    judged = judge_of_linear(eye, learned.head, backbone)
    labels = learned.labelled.labels

    def expect(jpegs: list[bytes]) -> Answers:
        return answers_of(learned.head.probabilities(eye.look(tf.constant(jpegs)).numpy()), labels)

    candidate = Candidate(judged, labels, expect, learned.first_fold)
    card = Card(
        backbone,
        labelled.origin,
        labels,
        seed,
        len(learned.labelled.items),
        learned.verdict,
        precision,
        head=LINEAR if backbone.layered else LINEAR_ON_MODULE,
        validation=learned.validation,
        left_out=learned.labelled.left_out,
    )
    return keep_model(candidate, card, folder, reporter)


def learn(eye: Eye, labelled: PictureSet, seed: int, cache: Path, reporter: Reporter) -> Learned:
    """Read the labelled pictures's pictures, or find their features in the cache, and fit."""
    with opened(cache / eye.key, eye.width) as store:
        failed = fill(store, eye, labelled.items, reporter)
        if failed:
            announce(failed, reporter)
            labelled = labelled.without(failed)
        truth = np.array([labelled.labels.index(item.label) for item in labelled.items])
        fold = dealt(truth, seed)
        fit = fit_linear(
            blocks_of(store, labelled.items), eye.groups, truth, fold, labelled.labels, reporter.say
        )
    validation = validated(fit.out_of_fold, truth, labelled.labels, fit.penalty)
    reporter.say(f"cross-validation, columns: the label named\n{validation.text()}")
    reporter.say(validation.sentence())
    first = sorted((labelled.items[place] for place in np.flatnonzero(fold == 0)), key=by_content)
    pictures = ItemPictures(first[:MOST_COMPARED])
    return Learned(labelled, fit.head, validation, verdict_of(labelled, fit.out_of_fold), pictures)


def by_content(item: Item) -> str:
    """Order pictures by what is in them: as good as by chance, whatever their names."""
    return item.digest


def verdict_of(labelled: PictureSet, out_of_fold: Array) -> Verdict | None:
    """Return how the ship policy fares on pictures not seen; None where no class is called good."""
    if labelled.labels[0] != GOOD:
        return None
    return judge(out_of_fold, tuple(item.label for item in labelled.items), labelled.labels)
