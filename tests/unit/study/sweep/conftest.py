"""What several tests of sweeps begin with."""

import pytest
from small_sweeps import files, study_in, swept


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Sweep two cameras by two deadlines, and return the folder of the line and the study's files."""
    desk = tmp_path_factory.mktemp("desk")
    swept(study_in(desk), desk / "whole")
    return desk, files(desk / "whole")
