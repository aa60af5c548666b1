"""How long the fuzzers run: shortly in every test run, long where LINE_SIM_FUZZ multiplies it."""

import os


def examples(few: int) -> int:
    """Return how many examples to try, where a test run tries a few."""
    return few * int(os.environ.get("LINE_SIM_FUZZ", "1"))
