"""`line-sim report`: every table, number and page again, from the files of a run or of a study."""

from pathlib import Path

import click

from line_sim.cli.audit import AUDIT_FAILED


@click.command(short_help="Make the numbers and the page of a run or study again from its files.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--xlsx", is_flag=True, help="Write the numbers and tables as a workbook, summary.xlsx, too.")
def report(folder: Path, xlsx: bool) -> int:
    """Make latency.csv, summary.json, report.html and the summary again from the files in DIR.

    Works on an interrupted or killed run too; what it did is what is reported. Of a folder of replications,
    a comparison, a sweep, a plan or a confirmation it makes the page again.
    """
    from line_sim.cli.terminal.printing import show_result
    from line_sim.report.page.writing import write_page
    from line_sim.simulation import report_again
    from line_sim.study.pages.again import study_in

    kind = study_in(folder)
    if kind is not None:
        return _study(folder, kind, xlsx=xlsx)
    result = report_again(folder)
    show_result(result, write_page(result))
    if xlsx:
        from line_sim.recording.whole import read_object
        from line_sim.report.workbook.run import write_run_workbook

        numbers = read_object(folder / "summary.json")
        click.echo(f"Workbook: {write_run_workbook(folder, numbers)}")
    return 0 if result.summary.audit_passed else AUDIT_FAILED


def _study(folder: Path, kind: str, *, xlsx: bool) -> int:
    """Make a study's page again and say where it is."""
    from line_sim.study.pages.again import made_again

    for what, path in made_again(folder, kind, xlsx=xlsx):
        click.echo(f"{what}: {path}")
    return 0
