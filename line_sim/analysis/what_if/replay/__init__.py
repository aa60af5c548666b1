"""The departures of a replay: worked out, run on the compiled line, or run on SimPy's."""
