"""Chance that belongs to a name: the same words give the same draws in every process and order."""

import hashlib

import numpy as np


def keyed_generator(*words: str | int) -> np.random.Generator:
    """Return the random stream of these words, and of no others.

    The key of the counter-based Philox generator is a hash of the words, so a stream depends neither
    on what was drawn before nor on `PYTHONHASHSEED`. `("a", "bc")` and `("ab", "c")` are different.
    """
    text = "\x1f".join(str(word) for word in words)
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest, dtype="<u8")))
