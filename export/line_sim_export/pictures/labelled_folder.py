"""A user's folder of pictures: every sub-folder a class, what cannot be used left out and named."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from line_sim.errors import PictureError, ScenarioError
from line_sim.pictures.files.disk import content_of
from line_sim.pictures.files.headers import ENDINGS
from line_sim.pictures.files.listing import is_hidden, listing, remarks_on
from line_sim.pictures.files.sending import prove, sent_of
from line_sim.pictures.rendered.draws import keyed_generator
from line_sim.scenario.images.folder import is_folder
from line_sim.truth import GOOD
from line_sim_export.pictures.lessons import LabelledPicture, RenderedParts
from line_sim_export.progress import Reporter

FEWEST = 10  # pictures of a class: two in each fold of the cross-validation

NAMED = 20

SUBFOLDERS = "a sub-folder for each class, such as good/ and defective/"


class Item(NamedTuple):
    """A picture that is read when it is needed: where it is, what it shows, a digest of its content."""

    name: str
    label: str
    digest: str
    read: Callable[[], bytes]


class LeftOut(NamedTuple):
    """A file that is not used, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class PictureSet:
    """Labelled pictures, no two of the same content. `labels` begins with `good` where there is one."""

    origin: str
    labels: tuple[str, ...]
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return how many pictures each class has."""
        found = Counter(item.label for item in self.items)
        return {label: found[label] for label in self.labels}

    def without(self, failed: Sequence[LeftOut]) -> "PictureSet":
        """Return the pictures without those named. Raises ScenarioError where too few are left."""
        names = {one.name for one in failed}
        items = tuple(item for item in self.items if item.name not in names)
        return large_enough(replace(self, items=items, left_out=(*self.left_out, *failed)))


@dataclass(frozen=True)
class ItemPictures:
    """Items as pictures, read one by one."""

    items: Sequence[Item]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[LabelledPicture]:
        for item in self.items:
            yield LabelledPicture(item.read(), item.label)


def read_labelled(folder: Path, seed: int, parts: int | None, reporter: Reporter) -> PictureSet:
    """Look at every picture of a folder's sub-folders, in whatever depth.

    At most `parts` pictures, drawn by the seed, are used. Raises ScenarioError for a folder that cannot
    be used.
    """
    files, remarks = labelled_files(folder)
    for remark in remarks:
        reporter.warn(remark)
    if parts is not None and parts < len(files):
        drawn = keyed_generator("album", seed).permutation(len(files))[:parts]
        files = [files[index] for index in sorted(drawn)]
    items: dict[str, Item] = {}
    left_out: list[LeftOut] = []
    clashes: dict[str, LeftOut] = {}
    with reporter.counting("looking at pictures", len(files)) as advance:
        for path, label in files:
            item, reason = looked_at(path, label, folder)
            advance(1)
            if reason:
                left_out.append(LeftOut(item.name, reason))
            elif item.digest not in items:
                items[item.digest] = item
            else:
                first = items[item.digest]
                left_out.append(LeftOut(item.name, f"the same picture as {first.name}"))
                if first.label != label:
                    clashes[item.digest] = LeftOut(first.name, f"the same picture as {item.name}")
    kept = tuple(item for item in items.values() if item.digest not in clashes)
    labels = ordered({path.name for path in class_folders(folder)})
    return large_enough(
        PictureSet(f"pictures of {folder.name}/", labels, kept, (*left_out, *clashes.values()))
    )


def looked_at(path: Path, label: str, folder: Path) -> tuple[Item, str | None]:
    """Read a file for proof; return it with the reason why it cannot be used, or None."""
    name = path.relative_to(folder).as_posix()
    digest, reason = "", None
    try:
        content = content_of(path)
        digest = hashlib.sha256(content).hexdigest()
        prove(content)
    except PictureError as error:
        reason = str(error)
    return Item(name, label, digest, partial(sent_of, path)), reason


def class_folders(folder: Path) -> list[Path]:
    """Return a folder's sub-folders. Raises ScenarioError where there are not two of them."""
    if not is_folder(folder):
        raise ScenarioError(f"--pictures {folder}: there is no such folder; it must have {SUBFOLDERS}, in it")
    try:
        inside = sorted(path for path in folder.iterdir() if is_folder(path))
    except OSError as error:
        raise ScenarioError(
            f"--pictures {folder}: cannot be looked into: {error.strerror or error}"
        ) from error
    found = [path for path in inside if not is_hidden(path.name)]
    if len(found) < 2:
        names = f"only {found[0].name}/" if found else "no sub-folder"
        raise ScenarioError(f"--pictures {folder}: has {names} in it; two classes at least, {SUBFOLDERS}")
    return found


def labelled_files(folder: Path) -> tuple[list[tuple[Path, str]], list[str]]:
    """Return all pictures by their endings with their class, sorted, and what is to be said of other files.

    Raises ScenarioError for a folder that cannot be looked into.
    """
    found = {place: listing(place) for place in class_folders(folder)}
    failed = [f"{path}: cannot be looked into: {why}" for one in found.values() for path, why in one.failed]
    if failed:
        raise ScenarioError("\n".join(failed))
    others = [file for one in found.values() for file in one.others]
    hidden = [file for one in found.values() for file in one.hidden]
    files = [(path, place.name) for place, one in found.items() for path in one.pictures]
    return files, list(remarks_on(others, hidden, folder))


def ordered(labels: set[str]) -> tuple[str, ...]:
    """Return labels in alphabetical order, but `good` first."""
    return tuple(sorted(labels, key=lambda label: (label != GOOD, label)))


def large_enough(labelled: PictureSet) -> PictureSet:
    """Return the labelled pictures. Raises ScenarioError where a class has too few pictures."""
    few = [f"{count} {label}" for label, count in labelled.counts().items() if count < FEWEST]
    if few:
        out = (
            f" ({len(labelled.left_out)} files are left out: {told(labelled.left_out)})"
            if labelled.left_out
            else ""
        )
        raise ScenarioError(
            f"--pictures: {labelled.origin} has {' and '.join(few)} pictures; at least {FEWEST} of each are "
            f"needed to fit a model, files ending in {', '.join(ENDINGS)}{out}"
        )
    return labelled


def announce(left_out: Sequence[LeftOut], reporter: Reporter) -> None:
    """Name the files that are left out; beyond the first ones the card has them all."""
    if left_out:
        reporter.warn(f"{len(left_out)} files are left out: {told(left_out, NAMED)}")


def told(left_out: Sequence[LeftOut], most: int = 3) -> str:
    """Name the first files left out with the reasons."""
    named = [f"{one.name}: {one.reason}" for one in left_out[:most]]
    more = [f"and {len(left_out) - most} more"] if len(left_out) > most else []
    return "; ".join([*named, *more])


def labelled_of(pictures: RenderedParts, labels: tuple[str, ...], origin: str) -> PictureSet:
    """Return rendered parts as such pictures: rendered for their digests, and again when they are read."""
    items = tuple(
        Item(
            f"part {place}",
            picture.label,
            hashlib.sha256(picture.jpeg).hexdigest(),
            partial(pictures.jpeg, place),
        )
        for place, picture in enumerate(pictures)
    )
    return PictureSet(origin, labels, items)
