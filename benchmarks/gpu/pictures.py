"""The pictures that are sent: JPEGs of a folder, or line-sim's rendered flanges.

    python benchmarks/gpu/pictures.py FOLDER

renders 64 of them into a folder, for a machine where line-sim is not.
"""

import sys
from pathlib import Path

COUNT = 64
SEED = 7


def load_pictures(folder: Path | None) -> list[bytes]:
    """Read the folder's JPEGs, in the order of their names, or render some."""
    if folder is not None:
        return [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    sys.path.append(str(Path(__file__).parents[2]))
    from line_sim.inspection.images.flange import RenderedFlanges  # noqa: PLC0415 - only where it is needed

    source = RenderedFlanges(SEED)
    return [source.picture(number, "good", "") for number in range(COUNT)]


if __name__ == "__main__":
    into = Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    for number, jpeg in enumerate(load_pictures(None)):
        (into / f"{number:03}.jpg").write_bytes(jpeg)
