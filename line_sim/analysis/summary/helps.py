"""The kinds of change that are tried on a line: their names in summary.json, and what they are called."""

from enum import StrEnum

from line_sim.layout import REVIEW


class Helps(StrEnum):
    """What is changed; the texts are those of `remedy` in summary.json."""

    FASTER = "faster"
    NEVER_FAILS = "never_fails"
    FASTER_ANSWERS = "faster_answers"
    FASTER_PICTURES = "faster_pictures"
    ANSWERS_IN_TIME = "answers_in_time"
    FASTER_BELT = "faster_belt"
    ONE_PLACE_MORE = "one_place_more"
    ONE_CAMERA_MORE = "one_camera_more"
    ONE_SERVER_MORE = "one_server_more"
    ONE_REVIEWER_MORE = "one_reviewer_more"
    ONE_PERSON_MORE = "one_person_more"


ONE_MORE = frozenset(
    {Helps.ONE_CAMERA_MORE, Helps.ONE_SERVER_MORE, Helps.ONE_REVIEWER_MORE, Helps.ONE_PERSON_MORE}
)
"""What doubles a lone machine: more than a tenth of anything, so that it says less of where the limit is."""

_WORDS = {
    Helps.FASTER: "{place} 10 % quicker",
    Helps.NEVER_FAILS: "{place} never down",
    Helps.FASTER_ANSWERS: "{place}'s answers 10 % quicker",
    Helps.FASTER_PICTURES: "{place}'s pictures 10 % quicker",
    Helps.ANSWERS_IN_TIME: "every answer to {place} in time",
    Helps.FASTER_BELT: "belt to {place} 10 % quicker",
    Helps.ONE_PLACE_MORE: "one more place in front of {place}",
    Helps.ONE_CAMERA_MORE: "one more {camera}",
    Helps.ONE_SERVER_MORE: "one more server at {place}",
    Helps.ONE_REVIEWER_MORE: "one more reviewer",
    Helps.ONE_PERSON_MORE: "one more of the {place}",
}


def words(remedy: str, place: str) -> str:
    """Say what is changed: `pack 10 % quicker`."""
    return _WORDS[Helps(remedy)].format(place=place, camera=camera_of(place))


def camera_of(place: str) -> str:
    """Say whose camera is meant, in words that are not said twice: `camera at vision`, `top camera`."""
    return place if place.lower().split()[-1:] == ["camera"] else f"camera at {place}"


def cause_of(remedy: str, place: str) -> str:
    """Return the cause, in the words of `held_back_by`, that a remedy speaks of."""
    if place == REVIEW:
        return "review"
    return _CAUSES[Helps(remedy)]


_CAUSES = {
    Helps.FASTER: "cycle",
    Helps.NEVER_FAILS: "breakdowns",
    Helps.FASTER_ANSWERS: "typical",
    Helps.FASTER_PICTURES: "acquisition",
    Helps.ANSWERS_IN_TIME: "timeouts",
    Helps.FASTER_BELT: "belt",
    Helps.ONE_PLACE_MORE: "buffer",
    Helps.ONE_CAMERA_MORE: "typical",
    Helps.ONE_SERVER_MORE: "typical",
    Helps.ONE_REVIEWER_MORE: "review",
    Helps.ONE_PERSON_MORE: "crew",
}
