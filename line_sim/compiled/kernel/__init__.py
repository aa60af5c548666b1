"""The rules of the line, compiled: each module is the twin of one of the SimPy line's, and names it."""
