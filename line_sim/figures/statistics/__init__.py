"""What numbers say and how sure they are: intervals, quantiles, the end of a warm-up."""
