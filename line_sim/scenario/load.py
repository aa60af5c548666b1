"""From a scenario file to a scenario, or to every mistake in it at once."""

from collections.abc import Callable, Container, Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from line_sim.errors import ScenarioError
from line_sim.regular import TooLargeError, read_regular
from line_sim.scenario.distributions.values import Values
from line_sim.scenario.document import MOST_CHARACTERS, Document, Mistake, file_place, read_yaml
from line_sim.scenario.fields import Record
from line_sim.scenario.gateways.calibrated import CalibratedGateway
from line_sim.scenario.gateways.kinds import KINDS
from line_sim.scenario.gateways.servers import retargeted
from line_sim.scenario.measured.columns import MeasuredFiles
from line_sim.scenario.mistakes import doubts_of, in_order, mistakes_of, placed
from line_sim.scenario.model import Inspection, Scenario
from line_sim.scenario.overrides import apply_overrides
from line_sim.scenario.times import Time


def load(path: str | Path, overrides: Sequence[str] = (), *, read_files: bool = True) -> Scenario:
    """Read a scenario file, with overrides such as `line.1.deadline=150ms`.

    Paths in the file are relative to its folder and absolute in the result. `read_files=False` leaves
    the files that a scenario names alone, for a reader of old results. Raises ScenarioError with one
    line for every mistake: file, line, column, key path, value, what is allowed.
    """
    text = text_of(Path(path), str(path))
    return loads(text, str(path), overrides, folder=Path(path).absolute().parent, read_files=read_files)


def loads(
    text: str,
    name: str = "scenario",
    overrides: Sequence[str] = (),
    *,
    folder: Path | None = None,
    read_files: bool = True,
) -> Scenario:
    """Read a scenario from text; `name` stands for the file in messages.

    Without a folder, relative paths stay as they are written. Raises ScenarioError like `load`.
    """
    document = read_yaml(text, name)
    _refuse_other_than_mapping(document)
    return _loaded(document, overrides, folder, read_files=read_files)


def load_each(path: Path) -> Callable[[Sequence[str]], Scenario]:
    """Read a scenario file once, and return what loads it with overrides, as `load` does each time."""
    document = read_yaml(text_of(path, str(path)), str(path))
    _refuse_other_than_mapping(document)
    folder = path.absolute().parent
    return lambda overrides: _loaded(document.copy(), overrides, folder, read_files=True)


def _loaded(
    document: Document, overrides: Sequence[str], folder: Path | None, *, read_files: bool
) -> Scenario:
    mistakes = apply_overrides(document, overrides)
    try:
        scenario = Scenario.model_validate(
            document.data,
            context={"folder": folder, "read_files": read_files, "measured": MeasuredFiles()},
        )
    except ValidationError as error:
        raise _error([*document.mistakes, *mistakes, *mistakes_of(error, document)]) from None
    mistakes += [*doubts_of(document), *_too_much_measured(scenario, document)]
    if document.mistakes or mistakes:
        raise _error([*document.mistakes, *mistakes])
    return scenario


MOST_MEASURED = 16_000
"""Times that the calibrations of a line may hold together: a run writes them all into its own scenario."""


def _too_much_measured(scenario: Scenario, document: Document) -> list[Mistake]:
    """Tell of a line whose run would leave a scenario that is too large to be read again."""
    told = 0
    for index, entry in enumerate(scenario.line):
        if not isinstance(entry, Inspection) or not isinstance(entry.gateway, CalibratedGateway):
            continue
        own = sum(len(time.of) for time in _times_of(entry.gateway) if isinstance(time, Values))
        told += own
        if told > MOST_MEASURED >= told - own:
            message = f"with it the calibrations of the line hold more than {MOST_MEASURED:,} times together"
            return placed(document, ("line", index, "gateway", "calibrated"), message)
    return []


def _times_of(gateway: CalibratedGateway) -> Iterable[Time]:
    return () if gateway.model is None else gateway.model.times.values()


def leads_nowhere(path: Path, overrides: Sequence[str], key: str) -> list[str]:
    """Return why a key path leads nowhere in a scenario's file: nothing where it leads somewhere.

    What may stand at its end is not asked. Raises ScenarioError where the file is no YAML at all.
    """
    document = read_yaml(text_of(path, str(path)), str(path))
    apply_overrides(document, overrides)
    return [mistake.text for mistake in apply_overrides(document, [f"{key}=0"])]


def live_gateways(path: str | Path, overrides: Sequence[str] = ()) -> list[str]:
    """Return the key paths of the options of every gateway to a real server, such as `line.0.gateway.grpc`.

    The file is read as it is written: whether it is a scenario is not asked. Raises ScenarioError where it is
    no YAML at all.
    """
    document = read_yaml(text_of(Path(path), str(path)), str(path))
    if not isinstance(document.data, dict):
        return []
    apply_overrides(document, overrides)
    line = document.data.get("line")
    gateways = (
        (place, entry["gateway"])
        for place, entry in enumerate(line if isinstance(line, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("gateway"), dict)
    )
    return [
        f"line.{place}.gateway.{key}"
        for place, gateway in gateways
        for key in gateway
        if key in KINDS and KINDS[key].live
    ]


def as_overrides(
    path: str | Path,
    overrides: Sequence[str],
    *,
    seed: int | None = None,
    target: str | None = None,
    clock: str | None = None,
    items: int | None = None,
) -> tuple[str, ...]:
    """Write what is said of a scenario apart from its keys as overrides of these, behind the others.

    Raises ScenarioError when there is no real server for `target` to stand for.
    """
    chosen = []
    if seed is not None:
        chosen.append(f"seed={seed}")
    if clock is not None:
        chosen.append(f"run.clock={clock}")
    chosen += length_of(items)
    if target is not None:
        chosen += _retarget(path, (*overrides, *chosen), target)
    return (*overrides, *chosen)


def length_of(items: int | None) -> tuple[str, ...]:
    """Return the overrides that let so many parts arrive, however long the run was to be; None: none."""
    return () if items is None else (f"run.items={items}", "run.duration=null")


def _retarget(path: str | Path, overrides: Sequence[str], target: str) -> list[str]:
    """Return the overrides that have every real server of the scenario be this one.

    They are found in the scenario as it is written: what is overridden beside, such as TLS, may fit this
    target alone.
    """
    found = live_gateways(path, overrides)
    if not found:
        load(path, overrides)  # its mistakes come first
        raise ScenarioError(f"--target {target}: no inspection of {path} asks a real server")
    return [f"{key}.{override}" for key in found for override in retargeted(target, _keys_in(key))]


def _keys_in(path: str) -> Container[str]:
    """Return the keys that the options of a gateway may have, by the path that leads to them."""
    kind = path.rpartition(".")[2]
    options = KINDS[kind].model_fields[kind].annotation
    return options.model_fields if isinstance(options, type) and issubclass(options, Record) else ()


def _error(mistakes: list[Mistake]) -> ScenarioError:
    return ScenarioError(in_order(mistakes))


def _refuse_other_than_mapping(document: Document) -> None:
    if isinstance(document.data, dict):
        return
    if document.mistakes:  # such as a tag
        raise _error(document.mistakes)
    spot = document.spots[()]
    what = "the file is empty" if document.data is None else f"this is {spot.shown}"
    raise ScenarioError(
        f"{spot.value.text}: {what}; a scenario has the keys version, name, run, arrivals, line"
    )


def text_of(path: Path, name: str) -> str:
    """Read the text of a file that a user has written. Raises ScenarioError where that cannot be."""
    try:
        raw = read_regular(path, 4 * MOST_CHARACTERS)
    except TooLargeError as error:
        raise ScenarioError(
            f"{name} is larger than {MOST_CHARACTERS // 1024} KiB; that is no scenario"
        ) from error
    except OSError as error:
        raise ScenarioError(f"{name} cannot be read: {error.strerror}") from error
    except ValueError as error:  # a NUL in the path
        raise ScenarioError(f"{name!r} cannot be read: {error}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        place = file_place(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        message = f"byte 0x{raw[error.start]:02X} is not UTF-8; save the file as UTF-8 text"
        raise ScenarioError(f"{place.text}: {message}") from error
