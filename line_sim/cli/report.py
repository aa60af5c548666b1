"""`line-sim report`: every table, number and page again, from a run's files."""

from pathlib import Path

import click

from line_sim.cli.audit import AUDIT_FAILED


@click.command(short_help="Make a run's numbers again from its files.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def report(folder: Path) -> int:
    """Make latency.csv, summary.json, report.html and the summary again from the files in DIR.

    Works on an interrupted or killed run too; what it did is what is reported. Of the folder of a sweep
    or a plan it makes the page again.
    """
    from line_sim.cli.studies.folders import writer_of

    write = writer_of(folder)
    if write is not None:
        click.echo(f"Page:  {write(folder)}")
        return 0
    return _of_a_run(folder)


def _of_a_run(folder: Path) -> int:
    from line_sim.cli.terminal.printing import show_result
    from line_sim.report.page.writing import write_page
    from line_sim.simulation import report_again

    result = report_again(folder)
    show_result(result, write_page(result))
    return 0 if result.summary.audit_passed else AUDIT_FAILED
