"""A seed for every replication, made from the scenario's."""

from hashlib import blake2b


def replication_seed(seed: int, number: int) -> int:
    """Return the seed of replication `number`, which counts from 1.

    The first one keeps the scenario's seed, so that it is the run that `line-sim run` makes without
    replications. Every other is the first 64 bits, little-endian, of the BLAKE2b hash of
    `seed 0x1F "replication" 0x1F number`: the same for every scenario with that seed, so that two
    scenarios replicated alike meet the same chance (common random numbers).
    """
    if number == 1:
        return seed
    name = f"{seed}\x1freplication\x1f{number}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "little")
