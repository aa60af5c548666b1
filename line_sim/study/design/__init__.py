"""What a study asks of a line: the study file, its axes, the points of its design, and their scenarios."""
