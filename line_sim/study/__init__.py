"""Many runs of a line: replications, paired comparisons, grids, and the line against theory."""
