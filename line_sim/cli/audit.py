"""`line-sim audit`: whether a run's files agree with themselves."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from line_sim.analysis.audit.check import Check

AUDIT_FAILED = 5


@click.command(short_help="Check that a run's files agree with themselves.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def audit(folder: Path) -> int:
    """Check the files in DIR: every part accounted for, every machine's time, every decision.

    Shows each check and what it looked at. One that fails names the rows that speak against it, and the
    exit code is 5. Nothing is written.
    """
    from line_sim.simulation import audit_again

    checks = audit_again(folder)
    width = max(map(len, checks))
    for name, check in checks.items():
        _show(folder, f"{name:<{width}}", check)
    failed = [name for name, check in checks.items() if not check.passed]
    if failed:
        click.echo(f"\n{len(failed)} of {len(checks)} checks failed: do not use this run's figures.")
        return AUDIT_FAILED
    click.echo(f"\nAll {len(checks)} checks passed.")
    return 0


def _show(folder: Path, name: str, check: "Check") -> None:
    click.echo(f"{'ok    ' if check.passed else 'FAILED'}  {name}  {check.detail}")
    for row in check.rows:
        click.echo(f"          {folder / row}")
