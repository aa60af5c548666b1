"""Where it is all put together: open the gateways, run the line, keep the files, tell the numbers."""

import itertools
import re
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from line_sim.analysis.audit.audit import audit
from line_sim.analysis.audit.check import Check
from line_sim.analysis.growth.growth import growth_of
from line_sim.analysis.growth.means import Answers
from line_sim.analysis.growth.measured import measured
from line_sim.analysis.lasting.ceiling import ceiling_of
from line_sim.analysis.lasting.lasting import lasting_of
from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.summary import Remedies, Summary, Throttle
from line_sim.analysis.what_if.remedies import remedies_of
from line_sim.analysis.what_if.throttle import throttle_of
from line_sim.chance.chance import Chance
from line_sim.compiled.telling import TakesRows
from line_sim.engine.asking import engine_for
from line_sim.engine.choice import EngineWish
from line_sim.engine.following import Follower
from line_sim.engine.run import Given, Told, run
from line_sim.errors import RunFileError, ScenarioError
from line_sim.figures.latency import latency_csv
from line_sim.figures.window import Window
from line_sim.inspection.opening import open_gateways, refuse_embedded_without_extra, remarks
from line_sim.inspection.servers.last_words import NAME, forget
from line_sim.layout import Layout, layout_of
from line_sim.line.clocks.coupled import environment_for
from line_sim.line.defects.making import before_cameras
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import DEADLOCKED, INTERRUPTED, Ending
from line_sim.line.mix.parts import maker_of
from line_sim.line.steps import Observer
from line_sim.pictures.ahead import PicturesAhead, Wish
from line_sim.pictures.opening import made_ahead, picture_source
from line_sim.pictures.source import PictureSource
from line_sim.provenance import finished, started
from line_sim.recording.reader import RunTables, read_columns, read_info
from line_sim.recording.run_columns import RunColumns, columns_of
from line_sim.recording.tables import tables_for
from line_sim.recording.whole import by_report, write_json, write_whole
from line_sim.recording.writer import (
    RunFolder,
    make_first_free,
    refuse_folder_in_use,
    remove_if_empty,
)
from line_sim.scenario import Scenario, load
from line_sim.scenario.dump import dump
from line_sim.scenario.times import has_unread_files
from line_sim.units import Nanoseconds

Narrate = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run that is over: its folder, how it ended (None: it was killed), its numbers and its rows.

    `ending` and `engine`, the line that made it, are known of a run that was made just now.
    """

    folder: Path
    ended: str | None
    summary: Summary
    tables: RunTables = field(repr=False)
    ending: Ending | None = None
    engine: str = ""


def simulate(
    scenario: Scenario,
    folder: Path | None,
    *,
    narrate: Narrate = lambda _: None,
    observers: Sequence[Observer] = (),
    interrupt: Interrupt | None = None,
    engine: EngineWish = "auto",
    runs: int = 1,
    followers: Sequence[Follower] = (),
) -> RunResult:
    """Run a scenario and leave its files in `folder`, which must be new or empty.

    Without one the run makes its own in `results` at once, so that no other run chooses the same.
    `narrate` is told what is being done, `observers` of the steps of the line that they take, after
    the files; `interrupt` stops the line. `engine` is the line that is wished for, for about so many `runs`
    like this one: only SimPy's tells observers. `followers` are told by either how far it has come.
    Raises ScenarioError for a folder or pictures that cannot be used and for an engine that cannot be,
    GatewayError when no part could ever be inspected; nothing is left behind then but the log of an embedded
    server that ended. A KeyboardInterrupt on the line leaves what was written, as a kill does.
    """
    refuse_embedded_without_extra(scenario)
    choice = engine_for(scenario, engine, watchers=observers, runs=runs)
    interrupt = interrupt or Interrupt()
    with ExitStack() as stack:
        if folder is None:
            folder = make_default_folder(scenario.name)
            stack.callback(remove_if_empty, folder)
        refuse_folder_in_use(folder)
        forget(folder)
        with interrupt.at_once():  # before the first part there is nothing to save
            pictures = _pictures(scenario, stack)
            for remark in pictures.remarks if pictures else ():
                narrate(remark)
            gateways = open_gateways(scenario, pictures, stack, narrate, folder / NAME)
            if isinstance(pictures, PicturesAhead):  # it has been at work while the servers were started
                pictures.get_ahead(narrate)
        recorder = stack.enter_context(RunFolder(folder, time.monotonic, tables_for(layout_of(scenario))))
        recorder.write_scenario(dump(scenario))
        info = started(scenario, gateways, choice)
        recorder.write_info(info)
        narrate(f"running {scenario.name}; its files go to {folder}")
        kinds = pictures.defect_kinds if pictures else ()
        given = Given(
            gateways=gateways,
            defect_kinds=kinds,
            interrupt=interrupt,
            env=environment_for(scenario, gateways, recorder.flush),
        )
        told = Told(
            observers=(recorder,),
            takes=partial(_files, recorder, stack),
            watchers=observers,
            followers=followers,
        )
        ending = run(choice, scenario, given, told, narrate)
        recorder.flush()  # a run whose rows find no room has not ended well
        recorder.write_info(finished(info, ending, gateways))
    for remark in (*remarks(gateways), *_trouble(pictures)):
        narrate(remark)
    why = f": {ending.reason}" if ending.reason else ""
    narrate(f"the line has stopped ({ending.how}{why}); computing the figures")
    wanted = Interrupt() if ending.how == INTERRUPTED else interrupt  # a wish stops the comparison, too
    result = _tell(scenario, folder, recorder.tables(), ending.how, ending.at, wanted, engine)
    if wanted.wished:
        narrate(f"stopped before all was compared; 'line-sim report {folder}' does it again")
    return replace(result, ending=ending, engine=choice.name)


def _files(recorder: RunFolder, stack: ExitStack) -> TakesRows:
    """Return what leaves the rows of the compiled line in a run's files; imported only where that runs."""
    from line_sim.recording.arrays.beside import Beside  # noqa: PLC0415
    from line_sim.recording.arrays.files import RowFiles  # noqa: PLC0415

    return stack.enter_context(Beside(RowFiles(recorder)))


def _pictures(scenario: Scenario, stack: ExitStack) -> PictureSource | None:
    """Return the pictures of the scenario's parts, made ahead where that matters."""
    pictures = picture_source(scenario)
    if pictures is None:
        return None
    chance = Chance(scenario.seed)
    maker = maker_of(chance, scenario.product, pictures.defect_kinds)
    spoilers = before_cameras(chance, scenario, pictures.defect_kinds)

    def upcoming(item_id: int) -> Wish:
        part = maker.make(item_id)
        for spoiler in spoilers:
            spoiler.have(part)
        return item_id, part.true_state, part.defect

    ahead = made_ahead(scenario, pictures, upcoming)
    return pictures if ahead is None else stack.enter_context(ahead)


def _trouble(pictures: PictureSource | None) -> list[str]:
    """Return what went wrong where pictures were made ahead."""
    return [pictures.trouble] if isinstance(pictures, PicturesAhead) and pictures.trouble else []


def report_again(folder: Path) -> RunResult:
    """Make every table and number again from a run's files, also from a killed run's.

    Raises RunFileError when a file is missing or damaged.
    """
    info = read_info(folder)
    scenario, whole = _scenario_of(folder)
    tables = read_columns(folder)
    return _tell(scenario, folder, tables, info.ended, info.ended_at, Interrupt(), "auto", with_twin=whole)


def answers_in(folder: Path) -> dict[str, Answers]:
    """Return what the servers of a run did, by inspection. Raises RunFileError as `audit_again` does."""
    scenario, _ = _scenario_of(folder)
    layout = layout_of(scenario)
    with read_columns(folder) as tables:
        return measured(columns_of(tables, layout, read_info(folder).ended_at), layout)


def audit_again(folder: Path) -> dict[str, Check]:
    """Check whether a run's files agree with themselves; nothing is written.

    Raises RunFileError when a file is missing or damaged.
    """
    info = read_info(folder)
    scenario, _ = _scenario_of(folder)
    with read_columns(folder) as tables:
        return audit(tables, layout_of(scenario), info.ended, info.ended_at)


def make_default_folder(name: str) -> Path:
    """Make `results/<name>-<time>`, with a number behind it where that is taken."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "run"
    first = Path("results") / f"{slug}-{time.strftime('%Y%m%d-%H%M%S')}"
    others = (first.with_name(f"{first.name}-{number}") for number in itertools.count(2))
    return make_first_free(itertools.chain([first], others))


def _scenario_of(folder: Path) -> tuple[Scenario, bool]:
    """Read back a run's scenario; False when the measured times it draws from are not at hand any more."""
    path = folder / "scenario.yaml"
    if not path.is_file():
        raise RunFileError(f"{path}: there is no such file; is this the folder of a run?")
    try:
        return load(path), True
    except ScenarioError:
        pass
    try:
        scenario = load(path, read_files=False)
    except ScenarioError as error:
        raise RunFileError(f"{error}\nrestore {path}: the numbers are made from it") from error
    return scenario, not has_unread_files(scenario)


def _tell(
    scenario: Scenario,
    folder: Path,
    tables: RunTables,
    ended: str | None,
    end: Nanoseconds | None,
    interrupt: Interrupt,
    engine: EngineWish,
    *,
    with_twin: bool = True,
) -> RunResult:
    """Compute the numbers from a run's rows and write them beside its files.

    A line that has locked up is compared with no other: nobody can say what it would make.
    """
    layout = layout_of(scenario)
    with_twin = with_twin and ended != DEADLOCKED
    compare = partial(_throttle, scenario, layout, interrupt, engine) if with_twin else None
    look = partial(growth_of, scenario)
    improve = partial(_remedies, scenario, layout, interrupt, engine) if with_twin else None
    summary = summarise(
        tables,
        layout,
        ended=ended,
        end=end,
        compare=compare,
        look=look,
        last=partial(lasting_of, scenario) if ended != DEADLOCKED else None,
        ceiling=ceiling_of(scenario),
        improve=improve,
    )
    write_whole(folder / "latency.csv", latency_csv(summary.latency), by_report(folder))
    write_json(folder / "summary.json", summary_json(summary), by_report(folder))
    return RunResult(folder, ended, summary, tables)


def _throttle(
    scenario: Scenario,
    layout: Layout,
    interrupt: Interrupt,
    engine: EngineWish,
    run: RunColumns,
    window: Window,
) -> Throttle | None:
    return throttle_of(scenario, run, layout, window, interrupt, engine)


def _remedies(
    scenario: Scenario,
    layout: Layout,
    interrupt: Interrupt,
    engine: EngineWish,
    run: RunColumns,
    window: Window,
) -> Remedies | None:
    return remedies_of(scenario, run, layout, window, interrupt, engine)
