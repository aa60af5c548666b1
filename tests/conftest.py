"""Options of the whole suite."""

import pytest
from grown import end_if_grown
from hypothesis import settings

settings.register_profile("no time is asserted", deadline=None)
settings.load_profile("no time is asserted")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that keeps new golden files."""
    parser.addoption("--keep-golden", action="store_true", help="keep what modelled runs give now as golden")


def pytest_configure() -> None:
    """Look at the memory of each process that runs tests."""
    end_if_grown()
