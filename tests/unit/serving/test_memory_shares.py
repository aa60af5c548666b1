"""Memory is shared out so that what each may take fits into what there is."""

import resource

import pytest
from line_sim_serving.limits import memory
from line_sim_serving.limits.memory import GIB, MIB, UNLIMITED, shares


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch):
    """Let the machine have so much, and a limit of the shell's be what is said."""

    def limit(machine: int, kind: int | None = None, most: int = UNLIMITED) -> None:
        monkeypatch.setattr(memory, "_machine", lambda: machine)
        monkeypatch.setattr(memory, "_limit", lambda asked: most if asked == kind else UNLIMITED)

    return limit


@pytest.mark.parametrize("gigabytes", [3, 4, 8, 16, 256])
def test_all_shares_fit_together(limited, gigabytes: int) -> None:
    """The process itself, tensors beside its weights, messages, and half of what comes in."""
    limited(gigabytes * GIB)
    found = shares()
    taken = memory.OTHER - memory.WEIGHTS + found.tensors + found.requests // 4 + found.received // 2
    assert taken <= gigabytes * GIB
    assert found.requests * 3 // 4 + memory.WEIGHTS <= found.tensors


def test_where_there_is_plenty_it_is_two_gigabytes(limited) -> None:
    """Enough for a line scan of 100 million pixels; the largest request is 100 MiB."""
    limited(64 * GIB)
    found = shares()
    assert found.requests == 2 * GIB
    assert found.requests * 3 // 4 > 12_288 * 8192 * 15
    assert found.largest_request(threads=8) == 100 * MIB


def test_limits_of_the_shell_count(limited) -> None:
    """Less than the same of real memory, because they count what is mapped and not used."""
    limited(64 * GIB, resource.RLIMIT_AS, 4 * GIB)
    space = shares().requests
    limited(64 * GIB, resource.RLIMIT_DATA, 4 * GIB)
    data = shares().requests
    limited(4 * GIB)
    assert 0 < space < data < shares().requests


def test_what_is_asked_for_is_given(limited) -> None:
    """Whoever knows better says so; the bound on tensors follows."""
    limited(4 * GIB)
    found = shares(8 * GIB)
    assert found.requests == 8 * GIB
    assert found.tensors > 8 * GIB
