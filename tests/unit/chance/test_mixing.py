"""Which variant a part is: by its number alone, in the shares that are said."""

import pickle
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from line_sim.chance.chance import Chance
from line_sim.chance.mixing import variants
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import BLOCK
from line_sim.pictures.variants import VariantPictures
from line_sim.scenario.mix.mix import Mix, PerVariant

weights = st.lists(st.integers(1, 20), min_size=1, max_size=5)


def mix_of(parts: list[int], batch: int | None = None) -> Mix:
    """Return a mix in these proportions."""
    return Mix(tuple("ABCDE"[: len(parts)]), tuple(part / sum(parts) for part in parts), batch)


@given(weights, st.integers(1, 4))
def test_batches_keep_their_shares(parts, batch):
    """At no time is a variant two batches behind its share, or ahead of it."""
    mix = mix_of(parts, batch)
    which = variants(0, mix)
    had = [0] * len(parts)
    for number in range(min(200, sum(mix.weights))):
        of = {which.of(number * batch + place) for place in range(1, batch + 1)}
        assert len(of) == 1
        had[of.pop()] += 1
        assert all(
            abs(count - (number + 1) * share) < 2 for count, share in zip(had, mix.shares, strict=True)
        )


def test_a_block_is_its_parts():
    """The same by a block as one by one, of both orders."""
    for mix in (mix_of([7, 3]), mix_of([7, 3], 4)):
        which = variants(5, mix)
        assert which.block(1) == [which.of(item) for item in range(BLOCK, 2 * BLOCK)]


def test_mixed_parts_come_in_their_shares():
    """20,000 parts, 0.7 of them A: within five standard deviations."""
    which = variants(1, mix_of([7, 3]))
    seen = Counter(which.of(item) for item in range(1, 20_001))
    assert abs(seen[0] - 14_000) < 5 * (20_000 * 0.7 * 0.3) ** 0.5


def test_the_chance_of_each_variant_is_its_own():
    """An event that always happens to A and never to B says which is which."""
    chance, mix = Chance(3), mix_of([1, 1])
    happens = chance.events(Purpose.TRUE_STATE, "", PerVariant(mix, (1.0, 0.0)))
    which = chance.variants(mix)
    assert all(happens.of(item) == (which.of(item) == 0) for item in range(1, 2000))


@given(weights, st.integers(1, 6), st.integers(1, 9))
def test_the_share_of_set_ups_is_what_is_counted(parts, batch, machines):
    """Over one whole pattern of batches, parts compared with the one so many before."""
    mix = mix_of(parts, batch)
    assume(sum(mix.weights) <= 1000)  # others have no short pattern in millionths
    dealt = [variant for variant in mix.batches() for _ in range(batch)]
    changes = sum(dealt[at] != dealt[at - machines % len(dealt)] for at in range(len(dealt)))
    assert mix.changes(machines) == pytest.approx(changes / len(dealt))


class Shown:
    """Pictures that say whose they are."""

    defect_kinds = ("scratch",)
    remarks = ("a remark",)

    def __init__(self, name: str) -> None:
        self.name = name

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Say the source and what was asked for."""
        return f"{self.name} {item_id} {true_state} {defect}".encode()


def test_pictures_are_those_of_the_parts_variant():
    """Also in another process, which draws the variants anew; equal remarks are told once."""
    mix = mix_of([1, 1], 1)
    source = VariantPictures(mix, (Shown("A"), Shown("B")), 0)
    for asked in (source, pickle.loads(pickle.dumps(source))):  # noqa: S301 - our own
        assert asked.picture(1, "good", "") == b"A 1 good "
        assert asked.picture(2, "defective", "scratch") == b"B 2 defective scratch"
    assert source.remarks == ("a remark",)
    assert source.defect_kinds.values == (("scratch",), ("scratch",))
