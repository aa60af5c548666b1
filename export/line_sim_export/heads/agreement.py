"""How far a model of lower precision says what the network in single precision says."""

from dataclasses import dataclass

from line_sim_export.model.prove import Answers, ProofError

LEAST = 0.99
"""Share of pictures on whose label a model of lower precision must agree."""


class DisagreementError(ProofError):
    """In lower precision the model judges otherwise than the network that it came from."""


@dataclass(frozen=True)
class Agreement:
    """On how many of the pictures both name the same label, and how far their scores lie apart at most."""

    pictures: int
    agreed: int
    largest_difference: float


def prove_agreement(answers: Answers, expected: Answers) -> Agreement:
    """Count the labels in common. Raises DisagreementError where they are too few."""
    pairs = list(zip(answers, expected, strict=True))
    agreed = sum(ours[0] == theirs[0] for ours, theirs in pairs)
    if agreed < LEAST * len(pairs):
        raise DisagreementError(
            f"in lower precision the model gives the label of the single-precision network to {agreed} of "
            f"{len(pairs)} pictures; at least {LEAST:.0%} are wanted: use --precision float32"
        )
    return Agreement(len(pairs), agreed, max(abs(ours[1] - theirs[1]) for ours, theirs in pairs))
