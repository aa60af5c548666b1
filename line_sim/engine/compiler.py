"""Whether there is a compiler: looked for, never imported."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

TAKEN = "0.68."
"""The versions of numba whose insides are known here, as the extra `fast` has them."""
INSTALL = "pip install 'line-sim[fast]'"


def compiler_lacks() -> str:
    """Say why nothing can be compiled; empty where all is there."""
    if find_spec("numba") is None:
        if sys.platform == "darwin" and platform.machine() == "x86_64":
            return "there is no numba for macOS on Intel"
        return f"numba is not installed: {INSTALL}"
    try:
        found = version("numba")
    except PackageNotFoundError:
        return ""  # one that was built by hand
    return "" if found.startswith(TAKEN) else f"numba is {found}, and not {TAKEN}x: {INSTALL}"


def compiler_is_off() -> bool:
    """Whether the user has turned numba off, so that what it would compile is run as Python."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}


def is_up() -> bool:
    """Whether the compiled line has come up in this process already: then it costs nothing to use it."""
    return "line_sim.compiled.line" in sys.modules


def is_warm() -> bool:
    """Whether the code of the compiled line is there, so that it only has to be loaded."""
    from line_sim.compiled.line import advance  # noqa: PLC0415 - only where it is a question

    return advance.is_warm
