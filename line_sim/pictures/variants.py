"""Pictures of parts of several variants: each variant has a source of its own."""

from collections.abc import Sequence

from line_sim.chance.mixing import variants
from line_sim.errors import PictureError
from line_sim.pictures.source import PictureSource
from line_sim.scenario.mix.mix import Mix, PerVariant


class VariantPictures:
    """A source of pictures that asks that of the part's variant; `sources` are in the order of the mix.

    None stands for files that nobody will look at. Which variant a part is hangs on its number alone, so that
    another process can tell it, too.
    """

    def __init__(self, mix: Mix, sources: Sequence[PictureSource | None], seed: int) -> None:
        self._mix = mix
        self._sources = tuple(sources)
        self._seed = seed
        self._which = variants(seed, mix)

    @property
    def defect_kinds(self) -> PerVariant[tuple[str, ...]]:
        """The kinds of defect that each variant can show."""
        return PerVariant(
            self._mix, tuple(() if each is None else _plain(each.defect_kinds) for each in self._sources)
        )

    @property
    def remarks(self) -> Sequence[str]:
        """What a user must know of any of them."""
        told = (remark for each in self._sources if each is not None for remark in each.remarks)
        return tuple(dict.fromkeys(told))

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Return the JPEG of one part. Raises PictureError where there is none to be had."""
        variant = self._which.of(item_id)
        source = self._sources[variant]
        if source is None:
            raise PictureError(f"the pictures of variant {self._mix.names[variant]} were not read")
        return source.picture(item_id, true_state, defect)

    def __reduce__(self) -> tuple[object, ...]:
        """Let another process draw the variants anew."""
        return type(self), (self._mix, self._sources, self._seed)


def _plain(kinds: tuple[str, ...] | PerVariant[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the kinds of one variant's source."""
    return () if isinstance(kinds, PerVariant) else kinds
