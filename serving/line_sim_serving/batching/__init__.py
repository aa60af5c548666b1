"""Batching: which requests are run together, and the threads that do it."""
