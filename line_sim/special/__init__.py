"""Distribution functions and their inverses: normal, Student, Fisher, binomial, gamma.

The few that a line, its intervals and its designs need, made of the standard library and numpy alone. The
tests hold them against scipy's; docs/decisions/0044-special.md says how far apart the two are.
"""
