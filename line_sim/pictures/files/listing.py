"""What is in a folder of pictures: those that are used, and every other file with the reason why not."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from line_sim.pictures.files.headers import ENDINGS

SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx"})
"""What systems leave beside people's files, in lower case; and whatever begins with a dot, as `._1.jpg`."""

NAMED = 3


class Listing(NamedTuple):
    """A folder's files, with those of its sub-folders, each group in the order of their names.

    `pictures` end like a picture; `hidden` are of some system and nobody put them there; `others` end
    otherwise; `failed` are what could not be looked into, with the reason.
    """

    pictures: tuple[Path, ...]
    hidden: tuple[Path, ...]
    others: tuple[Path, ...]
    failed: tuple[tuple[Path, str], ...]


def listing(folder: Path) -> Listing:
    """Look through a folder and its sub-folders, also through links, and each of them once."""
    pictures: list[Path] = []
    hidden: list[Path] = []
    others: list[Path] = []
    failed: list[tuple[Path, str]] = []

    def note(error: OSError) -> None:
        failed.append((Path(error.filename or folder), error.strerror or str(error)))

    seen = {_place(folder)}
    for place, names, files in os.walk(folder, onerror=note, followlinks=True):
        here = Path(place)
        hidden += [here / name for name in names if is_hidden(name)]
        inside = sorted(name for name in names if not is_hidden(name))
        names[:] = [name for name in inside if _is_new(here / name, seen, folder)]
        others += [here / name for name in inside if name not in names]
        for name in files:
            group = hidden if is_hidden(name) else pictures if name.lower().endswith(ENDINGS) else others
            group.append(here / name)
    return Listing(tuple(sorted(pictures)), tuple(sorted(hidden)), tuple(sorted(others)), tuple(failed))


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is a system's and no person's."""
    return name.startswith(".") or name.lower() in SYSTEMS


def remarks_on(others: Sequence[Path], hidden: Sequence[Path], root: Path) -> Iterator[str]:
    """Say in a line each which files are not used, and why; names are told from `root` on."""
    if others:
        yield f"{_told(others, root)}; a picture's name ends in {', '.join(ENDINGS)}"
    if hidden:
        yield f"{_told(hidden, root)}; they are hidden, or a system's own"


def _told(files: Sequence[Path], root: Path) -> str:
    names = [file.relative_to(root).as_posix() for file in files[:NAMED]]
    more = [f"{len(files) - NAMED:,} more"] if len(files) > NAMED else []
    count = f"{len(files):,} files are" if len(files) > 1 else "1 file is"
    return f"{count} not used: {', '.join([*names, *more])}"


def _is_new(inside: Path, seen: set[tuple[int, int]], folder: Path) -> bool:
    """Whether nobody has been in this folder yet: links may lead to one twice.

    One that leads to what the listed `folder` itself is in is not followed: everything else is there, too.
    """
    place = _place(inside)
    if place in seen or (inside.is_symlink() and folder.resolve().is_relative_to(inside.resolve())):
        return False
    seen.add(place)
    return True


def _place(folder: Path) -> tuple[int, int]:
    try:
        found = folder.stat()
    except OSError:
        return -1, hash(folder)  # walking into it tells why
    return found.st_dev, found.st_ino
