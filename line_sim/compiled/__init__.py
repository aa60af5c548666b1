"""The modelled line as machine code: the same parts, the same events, the same bytes as the SimPy line's."""
