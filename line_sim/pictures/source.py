"""What every source of pictures offers."""

from collections.abc import Sequence
from typing import Protocol

from line_sim.scenario.mix.mix import PerVariant


class PictureSource(Protocol):
    """Pictures of parts, the same one for the same part every time."""

    @property
    def defect_kinds(self) -> tuple[str, ...] | PerVariant[tuple[str, ...]]:
        """The kinds of defect it can show, or each variant can; a part's kind is drawn from these, evenly."""

    @property
    def remarks(self) -> Sequence[str]:
        """What a user must know of it before the first part, such as files that are not used."""

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Return the JPEG of one part.

        `true_state` is `good` or `defective`; `defect` is one of `defect_kinds`, or empty for a good
        part and where the source knows no kinds. Raises PictureError where there is no picture to be had,
        such as for a file that is damaged by now.
        """
