"""Servers that others wrote, for tests and benchmarks: installed once, started and ended over loopback."""
