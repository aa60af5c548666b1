"""Measured times that others have written down, and what unit they are in."""
