"""The model's card: what it is, what it is not, and how good it is, for people and for programs."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from line_sim.truth import GOOD
from line_sim_export.heads.agreement import Agreement
from line_sim_export.heads.head import SURE
from line_sim_export.heads.validation import Validation
from line_sim_export.model.freezing import Precision
from line_sim_export.model.prove import Verdict
from line_sim_export.model.signature import INPUT, OUTPUTS, PROMISES, SIGNATURE, TOP_K
from line_sim_export.networks.backbone import Backbone
from line_sim_export.pictures.features import LOCAL_BLOCK, POOLED_BLOCKS
from line_sim_export.pictures.labelled_folder import LeftOut
from line_sim_export.timing import Timing


@dataclass(frozen=True)
class HeadNote:
    """What stands on the network, in words, and which of its blocks that reads, where it reads any."""

    words: str
    blocks: dict[str, Any] | None = None


DETECTORS = HeadNote(
    "ridge regressions and local linear discriminants, combined by logistic regression",
    {"pooled": list(POOLED_BLOCKS), "local": LOCAL_BLOCK},
)
LINEAR_WORDS = "multinomial logistic regression"
LINEAR = HeadNote(
    f"{LINEAR_WORDS} on mean and deviation of every channel of the blocks", {"pooled": list(POOLED_BLOCKS)}
)
LINEAR_ON_MODULE = HeadNote(f"{LINEAR_WORDS} on what the module gives")
OWN_CLASSES = HeadNote("the network's own classes, softmax of its logits")


@dataclass(frozen=True)
class Card:
    """Everything that the card tells.

    `agreement` is known of a model of lower precision only, `verdict` of one that has a label `good`.
    """

    backbone: Backbone
    pictures: str
    labels: tuple[str, ...]
    seed: int
    parts: int
    verdict: Verdict | None
    precision: Precision
    head: HeadNote = DETECTORS
    timing: Timing | None = None
    agreement: Agreement | None = None
    validation: Validation | None = None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def k(self) -> int:
        """How many labels the model returns with their scores."""
        return min(TOP_K, len(self.labels))

    def facts(self) -> dict[str, Any]:
        """Return the card as plain data."""
        return {
            "architecture": architecture(self),
            "backbone": self.backbone.origin,
            "pretrained": self.backbone.pretrained,
            "head": self.head.words,
            "blocks": self.head.blocks,
            "pictures": self.pictures,
            "labels": list(self.labels),
            "seed": self.seed,
            "training_parts": self.parts,
            "precision": self.precision,
            "agreement_with_float32": self.agreement and asdict(self.agreement),
            "milliseconds_a_picture": self.timing and timing_facts(self.timing),
            "signature": {
                "name": SIGNATURE,
                "inputs": {INPUT: "string, JPEG bytes"},
                "outputs": OUTPUTS,
                "k": self.k,
            },
            "signatures": {
                name: {"inputs": inputs, "outputs": outputs} for name, (inputs, outputs) in PROMISES.items()
            },
            "held_out": self.verdict and held_out_facts(self.verdict),
            **self.album_facts(),
            "versions": versions(),
        }

    def album_facts(self) -> dict[str, Any]:
        """Return what is only known of a model that was fitted on labelled pictures."""
        if self.validation is None:
            return {}
        left_out = [{"file": one.name, "reason": one.reason} for one in self.left_out]
        return {"cross_validation": self.validation.facts(), "left_out": left_out}


def architecture(card: Card) -> str:
    """Say what network it is."""
    backbone = card.backbone
    if not backbone.layered:
        return f"a module of TensorFlow Hub, {backbone.side} x {backbone.side} x 3, inputs in 0..1"
    top = "with its own top" if card.head is OWN_CLASSES else "without its ImageNet top"
    return f"InceptionV3 (Szegedy et al. 2015), 299 x 299 x 3, {top}"


def held_out_facts(verdict: Verdict) -> dict[str, Any]:
    """Return how the ship policy fared on the parts held out."""
    return {
        "policy": f"ships when the label is good and the score at least {SURE}",
        "defective": verdict.defective,
        "flagged": verdict.flagged,
        "good": verdict.parts[GOOD],
        "false_alarms": verdict.false_alarms,
        "by_label": {
            label: {"parts": count, "shipped": verdict.shipped[label], "named_right": verdict.named[label]}
            for label, count in verdict.parts.items()
        },
    }


def timing_facts(timing: Timing) -> dict[str, Any]:
    """Return what was measured on the machine of the export."""
    return {
        "plain": round(timing.plain_ms, 1),
        "this_export": round(timing.export_ms, 1),
        "speed_up": round(timing.plain_ms / timing.export_ms, 2),
        "processor": timing.processor,
        "bfloat16_units": timing.bfloat16_units,
    }


def versions() -> dict[str, str]:
    """Return what the model was made with."""
    return {
        "python": sys.version.split()[0],
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


def write_card(card: Card, folder: Path) -> None:
    """Write `model_card.json` and `model_card.md` into a folder."""
    facts = card.facts()
    folder.mkdir(exist_ok=True)
    (folder / "model_card.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    (folder / "model_card.md").write_text(page(card, facts), encoding="utf-8")


def page(card: Card, facts: dict[str, Any]) -> str:
    """Return the card for people, in Markdown."""
    lines = [
        "# Model card",
        "",
        what_it_is(card),
        "",
        f"- Network: {facts['architecture']}; {facts['precision']}",
        f"- Weights: {card.backbone.origin}",
        *head_lines(card),
        f"- Input of `{SIGNATURE}`: `{INPUT}`, JPEG bytes, a string a picture",
        f"- Outputs: {', '.join(f'`{name}` ({kind})' for name, kind in OUTPUTS.items())}; k = {card.k}",
        f"- Other signatures: {', '.join(f'`{name}`' for name in PROMISES if name != SIGNATURE)}",
        *measured(card),
        f"- Versions: {', '.join(f'{name} {version}' for name, version in facts['versions'].items())}",
        *validation_lines(card),
        *held_out_lines(facts["held_out"]),
    ]
    return "\n".join(lines) + "\n"


def head_lines(card: Card) -> list[str]:
    """Say what stands on the network and what it was fitted on."""
    if card.head is OWN_CLASSES:
        return [f"- Head: {card.head.words}; {len(card.labels)} of them, listed in model_card.json"]
    lines = [f"- Head, fitted: {card.head.words}"]
    if card.head is DETECTORS:
        blocks = ", ".join(POOLED_BLOCKS)
        lines.append(f"- It reads {blocks} whole, n channels with emphasis 1/n; {LOCAL_BLOCK} by place")
    return [*lines, f"- Fitted on {card.parts} pictures: {card.pictures}; seed {card.seed}"]


def validation_lines(card: Card) -> list[str]:
    """Tell what pictures were taken for by heads that had not seen them."""
    if card.validation is None:
        return []
    out = f"Left out: {len(card.left_out)} files, listed in model_card.json." if card.left_out else ""
    method = card.validation.facts()["method"]
    return [
        "",
        f"## Confusion table ({method}; columns: the label named)",
        "",
        *card.validation.markdown(),
        "",
        f"{card.validation.sentence()}. {out}".rstrip(),
    ]


def held_out_lines(held_out: dict[str, Any] | None) -> list[str]:
    """Tell how the ship policy fared, in a table; nothing of a model that has no good parts."""
    if held_out is None:
        return []
    rows = [
        f"| {label} | {row['parts']} | {row['parts'] - row['shipped']} | {row['named_right']} |"
        for label, row in held_out["by_label"].items()
    ]
    return [
        "",
        f"## Held-out pictures (a part {held_out['policy']})",
        "",
        "| true label | parts | not shipped | named right |",
        "|---|---|---|---|",
        *rows,
        "",
        f"Flagged: {held_out['flagged']} of {held_out['defective']} defective parts.",
        f"False alarms: {held_out['false_alarms']} in {held_out['good']} good parts.",
    ]


def measured(card: Card) -> list[str]:
    """Say how long a picture takes, and how far lower precision changes the labels."""
    lines = []
    if card.timing:
        facts = timing_facts(card.timing)
        units = "with" if card.timing.bfloat16_units else "without"
        lines.append(
            f"- One picture on the export's machine: {facts['this_export']} ms, with variables as Keras "
            f"leaves them {facts['plain']} ms ({facts['speed_up']} times as fast); "
            f"{facts['processor']}, {units} bfloat16 units"
        )
    if card.agreement:
        recentred = (
            f"; the mean shift that {card.precision} gives to the detectors' scores is taken out in the head"
        )
        lines.append(
            f"- It gives the label of the float32 network, as --precision float32 writes it, to "
            f"{card.agreement.agreed} of {card.agreement.pictures} held-out pictures; the scores differ by "
            f"at most {card.agreement.largest_difference:.2g}{recentred if card.head is DETECTORS else ''}"
        )
    return lines


def what_it_is(card: Card) -> str:
    """Say in a paragraph what the model can be relied on for."""
    if card.head is OWN_CLASSES:
        return (
            "A network with the classes that it was trained on. It knows nothing of good and defective "
            "parts: it is for load like a trained network's, and for pictures of those classes."
        )
    if card.backbone.pretrained:
        return "A pretrained network with a head fitted on the pictures named below."
    return (
        "The network is **not pretrained**: its weights are drawn from a seed and only its head is fitted. "
        "It takes as long to answer as any InceptionV3 does and tells the kind of parts it was fitted on "
        "apart as measured below; it knows nothing else of the world."
    )
