"""What a sweep says of its axes in words: no more than chance lets it."""

import json
import re

import pytest
from made_studies import DEADLINE, UNITS, sweep

from line_sim.report.points.sweep.compose import sweep_page
from line_sim.report.points.sweep.moves import moves_most, sentence, what_matters

CHANCE = "they are no further apart than chance explains"
SHARES = CHANCE.replace("they", "their shares")
MISSING = "What is missing to 100 % is what the axes do together, and chance."


def strongest(alike=(), behind=(), apart=("a", "b", "c")):
    """Return what sweep.json has of the axis a, which has the largest step."""
    return {"kpi": "uph", "key": "a", "alike": list(alike), "behind": list(behind), "apart": apart}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (strongest(behind="bc"), "a moves uph most"),
        (
            strongest(alike="b", behind="c"),
            f"which of a and b moves uph most cannot be told: {CHANCE}",
        ),
        (
            strongest(alike="bc", apart=("b",)),
            f"which of a, b and c moves uph most cannot be told: {CHANCE}",
        ),
        (strongest(alike="bc", apart=()), "none of the axes moves uph by more than chance explains"),
        (strongest(apart=()), "a does not move uph by more than chance explains"),
        (strongest(), ""),
        (strongest(alike="bc", apart=None), ""),
    ],
)
def test_the_axis_that_moves_it_most_is_named_where_that_can_be_told(found, said):
    """Otherwise what can be said instead; of one axis alone only that it may do nothing."""
    assert moves_most(found, "uph", []) == said


def test_where_a_share_stands_out_no_doubt_of_steps_is_told():
    """It says more: the steps of few levels are harder to tell apart than what they make together."""
    shares = [share("a", 0.9, 0.05), share("b", 0.1, 0.05)]
    assert moves_most(strongest(alike="b"), "uph", shares) == ""
    assert moves_most(strongest(alike="b", apart=()), "uph", shares) == ""
    assert moves_most(strongest(behind="b"), "uph", shares) == "a moves uph most"
    assert moves_most(strongest(alike="b"), "uph", [share("a", 0.6, 0.2), share("b", 0.4, 0.2)]) != ""


def share(key, share, half=None):
    """Return what sweep.json has of the share of an axis."""
    ends = {} if half is None else {"ci_low": share - half, "ci_high": share + half}
    return {
        "kpi": "uph",
        "key": key,
        "share": share,
        "ci_low": None,
        "ci_high": None,
        **ends,
        "of": "of it all",
    }


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([share("b", 0.2, 0.1), share("a", 0.8, 0.1)], "a matters most: 80 % of it all."),
        (
            [share("a", 0.6, 0.2), share("b", 0.4, 0.1)],
            f"Which of a and b matters most cannot be told: {SHARES}. a has 60 % of it all.",
        ),
        (
            [share("a", 0.6), share("b", 0.4)],
            "a has the largest share, 60 % of it all; how much of that is chance cannot be told.",
        ),
        ([share("a", 1.0, 0.1)], "a makes 100 % of it all."),
        (
            [share("a", 0.5, 0.1), share("b", 0.1, 0.1)],
            f"a matters most: 50 % of it all. {MISSING}",
        ),
    ],
)
def test_a_share_is_the_largest_where_no_other_reaches_it(shares, said):
    """By the intervals of both."""
    assert what_matters(shares, str) == said


def test_what_they_do_together_begins_a_sentence():
    """It is no key, which stays as it is."""
    said = what_matters(
        [share("interactions", 0.9, 0.01), share("a", 0.1, 0.01)], {"interactions": "what they do"}.get
    )
    assert said.startswith("What they do matters most: 90 %")
    assert sentence("none of the axes moves it", "a") == "None of the axes moves it."
    assert sentence("a moves it most", "a", "b") == "a moves it most."
    assert sentence("", "a") == ""


def told_by(page):
    """Return what the page gives to its script."""
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1]
    )


def swept(**strong):
    """Return what the page of a sweep says of the main effects on output, and of the strongest axis."""
    data = sweep({UNITS: [1, 2], DEADLINE: ["100 ms", "200 ms"]})
    units, deadline = (each for each in data["effects"] if each["kpi"] == "uph")
    units["spread"], deadline["spread"] = 1234.0, 25.0
    found = {"kpi": "uph", "key": UNITS, "alike": [], "behind": [DEADLINE], "apart": [UNITS], **strong}
    told = told_by(sweep_page({**data, "strongest": [found]}))
    return [each["says"] for each in told["effects"] if each["kpi"] == "uph"], told["moves_most"]["uph"]


def test_the_page_says_of_each_axis_what_is_more_than_chance():
    """In the unit of the figure."""
    effects, most = swept()
    assert effects == [
        "camera.units moves it by 1,234 UPH, the most of all.",
        "camera.deadline moves it by 25 UPH, no more than chance explains.",
    ]
    assert most == "camera.units moves it most."


def test_the_page_says_nothing_of_the_most_where_it_cannot_be_told():
    """Neither beside the axis nor above the charts."""
    effects, most = swept(alike=[DEADLINE], behind=[], apart=[UNITS, DEADLINE])
    assert not any("most" in said for said in effects)
    assert most.startswith("Which of camera.units and camera.deadline moves it most cannot be told")


def test_a_sweep_of_before_that_does_not_tell_it_has_a_page_that_does_not_claim_it():
    """Its sweep.json has steps alone."""
    told = told_by(sweep_page(sweep({UNITS: [1, 2], DEADLINE: ["100 ms", "200 ms"]})))
    assert told["moves_most"] == {}
    assert all(re.fullmatch(r"\S+ moves it by [\d,.]+( \S+)?\.", each["says"]) for each in told["effects"])
