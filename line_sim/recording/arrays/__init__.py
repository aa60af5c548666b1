"""Rows that come as numpy arrays: to a run's files, to columns in memory, and back to records."""
