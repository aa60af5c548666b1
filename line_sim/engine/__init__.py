"""Which of the two lines makes a run: SimPy's or the compiled one, and why."""
