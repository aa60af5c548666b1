"""Events that are still to happen."""

import numpy as np

from line_sim.compiled.kernel.tables.numbers import WHOLE

LATER = np.dtype([("moment", WHOLE), ("order", WHOLE), ("kind", WHOLE), ("whom", WHOLE)])
"""An event to come; `order` is its rank and, below that, its number."""

AT_ONCE = np.dtype([("kind", WHOLE), ("whom", WHOLE), ("brings", WHOLE)])
"""An event of this moment, and the part that it brings."""
