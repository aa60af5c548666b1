"""What every kind of pictures must say of itself.

Each kind is written as a mapping with one key. It is a final class, so that one which leaves something out
is an error of the type checker.
"""

from abc import abstractmethod
from typing import ClassVar

from line_sim.scenario.fields import Record


class ImagesKind(Record):
    """One kind of pictures; its only key is its name."""

    written: ClassVar[str]
    """How it is written, for an error's text."""

    @property
    @abstractmethod
    def from_files(self) -> bool:
        """Whether the pictures are read from files, which may not be at hand; else they are drawn."""

    @property
    @abstractmethod
    def words(self) -> str:
        """What they are, as the beginning of a sentence: `The pictures in parts/`."""
