"""What check accepts, run can write: any line's run ends documented, and its files are whole."""

import tempfile
import warnings
from pathlib import Path

import yaml
from extremes import extreme_scenarios
from fuzzing import examples
from hypothesis import HealthCheck, given, settings
from strategies import written_scenarios

from line_sim.analysis.limits import limits
from line_sim.errors import ScenarioError
from line_sim.line.line import ENDINGS
from line_sim.report.diagram import diagram
from line_sim.report.page.writing import write_page
from line_sim.report.summary_text import summary_text
from line_sim.scenario import dump, loads
from line_sim.simulation import audit_again, report_again, simulate


@settings(deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(extreme_scenarios() | written_scenarios())
def test_every_line_that_is_accepted_can_be_run_and_told(written):
    """It is checked, drawn, run, read again, audited and shown, without a warning of NumPy's."""
    try:
        scenario = loads(yaml.safe_dump(written), "t.yaml")
    except ScenarioError:  # such as a warm-up longer than the run
        return
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as made:
        warnings.simplefilter("error")
        folder = Path(made) / "run"
        assert loads(dump(scenario)) == scenario
        assert diagram(scenario)
        found = limits(scenario)
        assert found.zero_buffer_uph is None or found.zero_buffer_uph <= found.bottleneck.uph
        result = simulate(scenario, folder)
        assert result.ended in ENDINGS
        assert result.summary.audit_passed, [str(check) for check in audit_again(folder).values()]
        again = report_again(folder)
        assert again.summary.audit_passed
        summary_text(again.summary)
        write_page(again)
