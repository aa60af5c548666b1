"""The page of a plan, `plan.html`: the answer, what more would cost, and how each design was decided."""
