"""Which pictures a scenario's line looks at, and which of them are made ahead."""

from collections.abc import Callable
from pathlib import Path

from line_sim.pictures.ahead import DRAWN_AHEAD, FILES_AHEAD, PicturesAhead, Wish
from line_sim.pictures.kinds import source_of
from line_sim.pictures.source import PictureSource
from line_sim.pictures.variants import VariantPictures
from line_sim.scenario.images.folder import Folder
from line_sim.scenario.model import Scenario


def picture_source(scenario: Scenario) -> PictureSource | None:
    """Return the pictures of the scenario's parts; None where they are files that nobody will look at.

    Drawn ones are there for every line: they know the kinds of defect that its parts may have.
    Raises ScenarioError when a folder's pictures cannot be used.
    """
    return _source(scenario, files=scenario.live)


def pictures_of(scenario: Scenario) -> PictureSource | None:
    """Return the pictures of the scenario's parts, whoever looked at them. Raises ScenarioError as above."""
    return _source(scenario, files=True)


def _source(scenario: Scenario, *, files: bool) -> PictureSource | None:
    product = scenario.product
    wanted = product.images_of_variants
    each = {
        images: source_of(images, scenario.seed) if files or not images.from_files else None
        for images in dict.fromkeys(wanted)
    }
    if product.mix is None or len(each) == 1:
        return each[wanted[0]]
    if not any(each.values()):
        return None
    return VariantPictures(product.mix, [each[images] for images in wanted], scenario.seed)


def glance_at_pictures(scenario: Scenario) -> list[str]:
    """Look at the scenario's picture files by their headers; return which are not used, and why.

    Raises ScenarioError for every one that cannot be used. Files that nobody will look at are left alone.
    """
    if not scenario.live:
        return []
    from line_sim.pictures.folder import glance_at_folder  # noqa: PLC0415 - with it comes what reads files

    folders = dict.fromkeys(each for each in scenario.product.images_of_variants if isinstance(each, Folder))
    return [note for each in folders for note in glance_at_folder(Path(each.folder))]


def made_ahead(
    scenario: Scenario, pictures: PictureSource, upcoming: Callable[[int], Wish]
) -> PicturesAhead | None:
    """Return the same pictures made ahead by a process, where making them here would stain the calls.

    `upcoming` tells what part number N will be. None where nobody waits for a real server, or for files one
    camera that holds its parts: line time stands still while its file is read. So it does for such a camera's
    drawn ones beyond the first; no further ones are drawn ahead, since that would compete with its calls.
    """
    live = sum(spec.most_calls for spec in scenario.inspections if spec.gateway.live)
    alone = live == 1 and scenario.clock != "realtime"
    from_files = all(images.from_files for images in scenario.product.images_of_variants)
    last = scenario.run.items
    if not live or (alone and from_files):
        return None
    if from_files:
        return PicturesAhead(pictures, upcoming, last, ahead=FILES_AHEAD)
    if alone:
        last = min(last or DRAWN_AHEAD, DRAWN_AHEAD)
    return PicturesAhead(pictures, upcoming, last, ahead=DRAWN_AHEAD)
