"""From a network in memory to a version folder that is proven to say the same."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from line_sim_export.heads.agreement import prove_agreement
from line_sim_export.model.card import Card, write_card
from line_sim_export.model.freezing import freeze
from line_sim_export.model.prove import (
    Answers,
    Ask,
    answered,
    judge_answers,
    odd_jpegs,
    prove_answers,
    prove_empty_batch,
    prove_same_labels,
    served,
)
from line_sim_export.model.signature import Inspector
from line_sim_export.model.store import WARM_UP, new_version, write_model, write_warm_up
from line_sim_export.pictures.lessons import Pictures
from line_sim_export.progress import Reporter
from line_sim_export.timing import measure

PROOF_PICTURES = 6
NAMED_PICTURES = 2  # put through every signature; the network behind them is the same

Function = Any  # tf.types.experimental.ConcreteFunction


@dataclass(frozen=True)
class Candidate:
    """A network with its head in memory, and what its copy on disk is held to.

    `judge` is a concrete function with variables, from JPEGs (n,) to probabilities (n, labels). `expect`
    gives the answers of the network in memory. The copy is asked for `pictures`, all of them if it is of
    lower precision; `unseen` says that they have true labels and that the head was not fitted on them.
    `lowered` makes what is written instead in lower precision, where that is not just `judge`; `keep` writes
    what else belongs into the folder.
    """

    judge: Function
    labels: tuple[str, ...]
    expect: Callable[[list[bytes]], Answers]
    pictures: Pictures
    unseen: bool = False
    answers: Answers | None = None
    lowered: Callable[[], Function] | None = None
    keep: Callable[[Path], None] = lambda _: None


def keep_model(candidate: Candidate, card: Card, folder: Path, reporter: Reporter) -> Card:
    """Write the model beside its place, prove and time it, and only then move it there with its card.

    Raises ProofError, leaving nothing behind, when the model on disk is not the one in memory.
    """
    jpegs = [picture.jpeg for picture in islice(candidate.pictures, PROOF_PICTURES)]
    with new_version(folder) as draft:
        reporter.say(f"freezing the network in {card.precision}")
        kept = candidate.judge
        if card.precision != "float32" and candidate.lowered is not None:
            kept = candidate.lowered()
        write_model(Inspector(freeze(kept, card.precision), candidate.labels), draft)
        reporter.say("proving the model")
        with served(draft) as ask:
            if card.precision == "float32":
                odd = jpegs + odd_jpegs(jpegs[0])
                prove_answers(ask, candidate.expect(odd), odd)
            else:
                card = prove_lowered(candidate, card, ask, reporter)
            prove_same_labels(ask, jpegs[:NAMED_PICTURES])
            prove_empty_batch(ask)
            card = replace(card, timing=measure(candidate.judge, ask, jpegs[0]))
        write_warm_up(draft, folder.parent.name, jpegs[:1])
        write_card(card, draft / WARM_UP.parent)
        candidate.keep(draft)
    return card


def prove_lowered(candidate: Candidate, card: Card, ask: Ask, reporter: Reporter) -> Card:
    """Hold a model of lower precision to the network's labels of all pictures, not to its scores.

    The card's verdict becomes that of the model on disk, where the pictures are unseen ones.
    """
    pictures = candidate.pictures
    expected = candidate.answers
    if expected is None:
        with reporter.counting("asking the network in memory", len(pictures)) as advance:
            expected = asked_in_memory(candidate, advance)
    with reporter.counting("comparing held-out pictures", len(pictures)) as advance:
        answers = answered(ask, (picture.jpeg for picture in pictures), advance)
    card = replace(card, agreement=prove_agreement(answers, expected))
    if not candidate.unseen:
        return card
    names = tuple(picture.label for picture in pictures)
    return replace(card, verdict=judge_answers(answers, names, candidate.labels))


def asked_in_memory(candidate: Candidate, advance: Callable[[int], None]) -> Answers:
    """Return the answers of the network in memory to all pictures, one by one."""
    answers: Answers = []
    for picture in candidate.pictures:
        answers += candidate.expect([picture.jpeg])
        advance(1)
    return answers
