"""Calibration files read, with every mistake at its place, and written."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from line_sim.errors import ScenarioError
from line_sim.scenario.document import Document, read_yaml
from line_sim.scenario.dump import yaml_text
from line_sim.scenario.gateways.calibration import VERSION, Calibration
from line_sim.scenario.load import text_of
from line_sim.scenario.measured.columns import MeasuredFiles
from line_sim.scenario.mistakes import in_order, mistakes_in

WHAT = "a calibration file"


def read_calibration(path: str | Path, *, read_files: bool = True) -> Calibration:
    """Read a calibration file.

    Paths in it are relative to its folder and absolute in the result. Raises ScenarioError with one line for
    every mistake: file, line, column, key path, value, what is allowed.
    """
    return calibration_of(text_of(Path(path), str(path)), str(path), Path(path).absolute().parent, read_files)


def calibration_of(
    text: str, name: str = "server", folder: Path | None = None, read_files: bool = True
) -> Calibration:
    """Read a calibration from text; `name` stands for the file in messages. Raises as `read_calibration`."""
    document = read_yaml(text, name)
    _refuse_other_files(document)
    context = {"folder": folder, "read_files": read_files, "measured": MeasuredFiles()}
    try:
        calibration = Calibration.model_validate(document.data, context=context)
    except ValidationError as error:
        mistakes = [*document.mistakes, *mistakes_in(error, document, Calibration)]
        raise ScenarioError(in_order(mistakes)) from None
    if document.mistakes:
        raise ScenarioError(in_order(document.mistakes))
    return calibration


def _refuse_other_files(document: Document) -> None:
    data, place = document.data, document.spots[()].value.text
    if not isinstance(data, dict) or "line_sim_server" not in data:
        raise ScenarioError(
            f"{place}: this is no calibration file; one begins with line_sim_server: {VERSION}"
        )


def calibration_text(calibration: Calibration) -> str:
    """Write a calibration as YAML that reads to an equal one."""
    written: dict[str, Any] = calibration.model_dump(exclude_none=True)
    return yaml_text(written, rows=True)
