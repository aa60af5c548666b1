"""Machines that stop in several ways, and those that keep hours."""
