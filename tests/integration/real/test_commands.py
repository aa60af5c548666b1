"""One picture by hand to a real Triton and a real MLServer."""

import json

import pytest
from commands import line_sim


@pytest.fixture
def part(telling_pictures):
    """A picture of a defective part."""
    return f"{telling_pictures()['folder']}/defective/one.jpg"


def classified(server, form, *arguments, cwd):
    """Run `line-sim classify` against a server."""
    asked = ("--protocol", "kserve", "--format", form, "--target", getattr(server, form))
    done = line_sim("classify", *asked, *arguments, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("name", ["triton", "ml"])
def test_a_picture_by_hand(name, form, part, request, tmp_path):
    """Its label, and which version answered."""
    server = request.getfixturevalue(name)
    told = json.loads(classified(server, form, part, "--model", "flanges", "--json", cwd=tmp_path))
    assert told["label"] == "defective"
    assert told["version"] == {"triton": "1", "ml": "v1.0"}[name]


def test_tritons_best_class_by_hand(triton, form, part, tmp_path):
    """A score alone has Triton name it."""
    asked = ("--model", "batching", "--score-output", "probabilities")
    assert classified(triton, form, part, *asked, cwd=tmp_path).startswith("defective 0.")


@pytest.mark.parametrize("name", ["triton", "ml"])
def test_what_a_model_takes_and_gives(name, form, request, tmp_path):
    """Without a picture."""
    shown = classified(request.getfixturevalue(name), form, "--metadata", "--model", "flanges", cwd=tmp_path)
    assert "image" in shown
    assert "label" in shown
    assert "score" in shown
