"""Where the runs of a study leave their files, whoever makes them: a folder that all of them see.

A run that a worker began and did not end is begun again by another. So each writes to a folder that is
nobody else's, and gives it its name once it is whole.
"""

import secrets
import shutil
import socket
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

from line_sim.errors import ScenarioError
from line_sim.recording.whole import RUN_AGAIN, unwritable

PART = ".part"


@contextmanager
def whole_folder(place: Path, sign: Path) -> Generator[Path]:
    """Give a fresh place for a run, which then becomes the folder `place`, also where the run failed.

    The same run that was over earlier elsewhere stays as it is. Raises ScenarioError where this machine
    does not see the `sign` in the study's folder.
    """
    if not sign.is_file():
        raise ScenarioError(
            f"{socket.gethostname()} does not see the study's folder {sign.parent}: a cluster's workers"
            " write the runs' files themselves; choose an --out on a file system that all of them share"
        )
    fresh = place.with_name(f".{place.name}.{secrets.token_hex(8)}{PART}")
    try:
        yield fresh
    finally:
        if fresh.exists():
            _give_name(fresh, place)


def _give_name(fresh: Path, place: Path) -> None:
    try:
        fresh.rename(place)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if not place.is_dir():
            raise unwritable(place, error, RUN_AGAIN) from error


@contextmanager
def signed_folder(folder: Path, inner: Iterable[str] = ()) -> Generator[Path]:
    """Have a study's folder, and those in it, be there; give the sign by which a worker knows it.

    At the end, what was begun for nothing is removed.
    """
    home = folder.absolute()
    sign = home / f".seen.{secrets.token_hex(8)}"
    folders = [home, *(home / name for name in inner)]
    try:
        try:
            for each in folders:
                each.mkdir(parents=True, exist_ok=True)
            sign.touch()
        except OSError as error:
            raise unwritable(home, error, RUN_AGAIN) from error
        yield sign
    finally:
        for each in folders:
            for left in each.glob(f".*{PART}"):
                shutil.rmtree(left, ignore_errors=True)
        with suppress(OSError):
            sign.unlink()
        for each in folders[1:]:
            with suppress(OSError):  # a folder that something was left in stays
                each.rmdir()
