"""What chance decides on a line: the purpose of every stream of random numbers.

With the place and the seed it names the stream. What counts as the item, the visit and the attempt of a
number, and what each number is made into:

- A part decides arrival, variant, true state and defect kind; they have no place. After a repair it is a
  part and the number of its repairs that decide the last two, and the review bench is their place.
- A part and its visit to the station decide cycle, changeover, acquisition, review time, reviewer misses and
  false alarm, whether it is repaired, and whether a station spoils it, and how (defect kind).
- A part, its visit and the attempt (from 1) decide inference, waking, network misses and false alarm of a
  call.
- Its number among the outages of a machine (`station/unit`, from 1) decides up time and repair time.
"""

from enum import StrEnum


class Purpose(StrEnum):
    """The purposes; their texts are part of the streams' names, so another text is other chance."""

    ARRIVAL = "arrival"
    VARIANT = "variant"
    TRUE_STATE = "true state"
    DEFECT_KIND = "defect kind"
    CYCLE = "cycle"
    CHANGEOVER = "changeover"
    ACQUISITION = "acquisition"
    INFERENCE = "inference"
    WAKING = "waking"
    NETWORK_MISSES = "network misses"
    NETWORK_FALSE_ALARM = "network false alarm"
    REVIEW_TIME = "review time"
    REVIEWER_MISSES = "reviewer misses"
    REVIEWER_FALSE_ALARM = "reviewer false alarm"
    REPAIRED = "repaired"
    SPOILT = "spoilt"
    UP_TIME = "up time"
    REPAIR_TIME = "repair time"
    LIMITS = "limits"
