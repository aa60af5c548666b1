"""The same line with other answers: replays of a run, and what they say inference costs."""
