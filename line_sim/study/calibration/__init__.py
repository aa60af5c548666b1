"""Measuring a server from outside, and the model of it that a line can be planned with."""
