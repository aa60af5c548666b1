"""What a server says of a tensor: of which type it is, and how large."""

from dataclasses import dataclass

from line_sim.inspection.wires.classes import shape_text
from line_sim.inspection.wires.told import told_in_line

STRING = "DT_STRING"
FLOAT, DOUBLE = "DT_FLOAT", "DT_DOUBLE"
INT32, INT64, UINT8 = "DT_INT32", "DT_INT64", "DT_UINT8"
BOOL = "DT_BOOL"
"""TensorFlow's names of its types, in `tensorflow/core/framework/types.proto`."""

NUMBERS = (FLOAT, DOUBLE, "DT_HALF", "DT_BFLOAT16")
"""Types that scores may have."""

WHOLE_NUMBERS = (INT32, INT64)
"""Types that a class's number may have."""


@dataclass(frozen=True, slots=True)
class TensorKind:
    """A tensor's type and shape; -1 in the shape is any size, and None: the shape is not told."""

    dtype: str
    shape: tuple[int, ...] | None = None

    def __str__(self) -> str:
        """Return it as an error's text shows it: `DT_FLOAT of shape [-1, 224, 224, 3]`."""
        shape = "any shape" if self.shape is None else f"shape {shape_text(self.shape)}"
        return f"{told_in_line(self.dtype, 20)} of {shape}"
