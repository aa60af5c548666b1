"""What a line is like right now: one state that the live screen and the metrics both draw from."""
