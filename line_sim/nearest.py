"""What somebody may have meant by a label that there is not, of as many as there are.

To compare two texts takes as long as the product of their lengths, so not all of very many are looked at, and
no very long one: a suggestion is not worth minutes.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

MOST_COMPARED = 2_000
"""Labels that are compared, the first ones; the networks of ImageNet tell 1,001 classes apart."""

LONGEST_COMPARED = 60
"""Characters of a label that is compared."""


def nearest(label: str, labels: Iterable[str]) -> str | None:
    """Return the label that is nearest to one which is not among them; None where none is near."""
    if len(label) > LONGEST_COMPARED:
        return None
    compared = islice((one for one in labels if len(one) <= LONGEST_COMPARED), MOST_COMPARED)
    return next(iter(get_close_matches(label, list(compared), 1)), None)
