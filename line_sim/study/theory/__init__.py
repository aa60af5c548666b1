"""The line against queueing theory: exact answers, long runs, and how near they come."""
