"""Options of the whole suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that keeps new golden files."""
    parser.addoption("--keep-golden", action="store_true", help="keep what modelled runs give now as golden")
