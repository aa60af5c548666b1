"""A call as its server sees it."""

from typing import NamedTuple

from line_sim.units import Nanoseconds

OTHERWISE = "answered otherwise than the server's queue tells"


class Asked(NamedTuple):
    """A call: when it was put and is over, whether it was answered, when it expires, and its row."""

    issued: Nanoseconds
    returned: Nanoseconds
    answered: bool
    expires: Nanoseconds
    row: int

    @property
    def gave_up(self) -> bool:
        """Whether it was given up at its deadline."""
        return not self.answered and self.returned == self.expires

    def over_at(self, end: Nanoseconds) -> bool:
        """Whether that is what becomes of a call whose work ends then."""
        if self.answered:
            return self.returned == end <= self.expires
        return self.returned == self.expires < end
