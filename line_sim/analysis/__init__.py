"""Rows to numbers: pure functions that know neither files nor screens."""
