"""The export of a linear head on an album: features once, cross-validation, then a head on all of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from line_sim_export.album import Album, Item, ItemPictures, announce
from line_sim_export.backbone import Backbone
from line_sim_export.card import LINEAR, LINEAR_ON_MODULE, Card
from line_sim_export.detectors import Array
from line_sim_export.exporting import CALIBRATION_PICTURES, seeded_backbone
from line_sim_export.feature_store import opened
from line_sim_export.freezing import Precision
from line_sim_export.keeping import Candidate, keep_model
from line_sim_export.lessons import GOOD
from line_sim_export.linear import LinearHead, fit_linear
from line_sim_export.progress import Reporter
from line_sim_export.prove import Answers, Verdict, answers_of, judge
from line_sim_export.reading import Eye, blocks_of, eye_of, fill
from line_sim_export.signature import judge_of_linear
from line_sim_export.validation import Validation, dealt, validated

MOST_COMPARED = 500


@dataclass(frozen=True)
class Learned:
    """A head on an album, what is known of it, and the album as it was used, its first fold apart."""

    album: Album
    head: LinearHead
    validation: Validation
    verdict: Verdict | None
    first_fold: ItemPictures


def calibrated_on(album: Album, seed: int) -> Backbone:
    """Return the seeded network, calibrated on pictures of the album that their content alone chooses."""
    first = sorted(album.items, key=by_content)[:CALIBRATION_PICTURES]
    return seeded_backbone(ItemPictures(first), seed)


def export_linear(
    backbone: Backbone,
    album: Album,
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
    learned = learn(eye, album, seed, cache, reporter)
    judged = judge_of_linear(eye, learned.head, backbone)
    labels = learned.album.labels

    def expect(jpegs: list[bytes]) -> Answers:
        return answers_of(learned.head.probabilities(eye.look(tf.constant(jpegs)).numpy()), labels)

    candidate = Candidate(judged, labels, expect, learned.first_fold)
    card = Card(
        backbone,
        album.origin,
        labels,
        seed,
        len(learned.album.items),
        learned.verdict,
        precision,
        head=LINEAR if backbone.layered else LINEAR_ON_MODULE,
        validation=learned.validation,
        left_out=learned.album.left_out,
    )
    return keep_model(candidate, card, folder, reporter)


def learn(eye: Eye, album: Album, seed: int, cache: Path, reporter: Reporter) -> Learned:
    """Read the album's pictures, or find their features in the cache, and fit."""
    with opened(cache / eye.key, eye.width) as store:
        failed = fill(store, eye, album.items, reporter)
        if failed:
            announce(failed, reporter)
            album = album.without(failed)
        truth = np.array([album.labels.index(item.label) for item in album.items])
        fold = dealt(truth, seed)
        fit = fit_linear(blocks_of(store, album.items), eye.groups, truth, fold, album.labels, reporter.say)
    validation = validated(fit.out_of_fold, truth, album.labels, fit.penalty)
    reporter.say(f"cross-validation, columns: the label named\n{validation.text()}")
    reporter.say(validation.sentence())
    first = sorted((album.items[place] for place in np.flatnonzero(fold == 0)), key=by_content)
    pictures = ItemPictures(first[:MOST_COMPARED])
    return Learned(album, fit.head, validation, verdict_of(album, fit.out_of_fold), pictures)


def by_content(item: Item) -> str:
    """Order pictures by what is in them: as good as by chance, whatever their names."""
    return item.digest


def verdict_of(album: Album, out_of_fold: Array) -> Verdict | None:
    """Return how the ship policy fares on pictures not seen; None where no class is called good."""
    if album.labels[0] != GOOD:
        return None
    return judge(out_of_fold, tuple(item.label for item in album.items), album.labels)
