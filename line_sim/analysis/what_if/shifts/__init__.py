"""Other shifts of a line, by other chance with answers like the run's, and what is to be expected of them."""
