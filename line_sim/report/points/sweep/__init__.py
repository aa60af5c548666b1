"""The page of a sweep, `sweep.html`: figures over what was swept, what matters, what is worth taking."""
