"""How a study ended is said by one set of words, whichever study it is."""

import re
from typing import get_args

import pytest
from commands import ROOT
from made_studies import DEADLINE, plan, sweep
from pages import Reading

from line_sim.report import ended
from line_sim.report.points.plan.compose import plan_page
from line_sim.report.points.sweep.compose import sweep_page
from line_sim.study.confirm.told import Ended

WORDS = {word for name, word in vars(ended).items() if name.isupper() and isinstance(word, str)}


def test_what_is_documented_of_each_study_is_among_the_words():
    """Those of sweeps, plans and confirmations in files.md, of replications in studies.md."""
    rows = re.findall(r"^\| `ended` \| (.*) \|$", (ROOT / "docs/files.md").read_text("utf-8"), re.MULTILINE)
    replications = re.findall(r"has `ended` \((.*?)\)", (ROOT / "docs/studies.md").read_text("utf-8"))
    told = [set(re.findall(r"`([^`]+)`", row)) for row in [*rows, *replications] if "`completed`" not in row]
    assert len(told) == 4
    assert set().union(*told) == WORDS


def test_confirmations_say_the_same():
    """The words that their file may have are those that have their home here."""
    assert set(get_args(Ended)) == {ended.ALL_DONE, ended.INTERRUPTED, ended.FAILED, ended.UNDER_WAY}


@pytest.mark.parametrize("how", sorted(ended.EARLY))
def test_a_page_of_what_ended_early_says_that_it_is_not_all(how):
    """Of a sweep as of a plan, with the word that its JSON has."""
    page = sweep_page(sweep({DEADLINE: ["100 ms"]}, ended=how))
    assert f"The sweep ended early ({how})." in Reading(page).text
    assert f"The plan ended early ({how})." in Reading(plan_page(plan() | {"ended": how})).text


@pytest.mark.parametrize("how", [ended.ANSWERED, ended.NO_DESIGN, ended.UNDECIDED])
def test_a_page_of_a_plan_that_came_to_its_end_does_not(how):
    """Whatever it came to."""
    assert "ended early" not in Reading(plan_page(plan() | {"ended": how})).text
