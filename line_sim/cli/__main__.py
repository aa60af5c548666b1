"""`python -m line_sim.cli`, the same as `line-sim`."""

from line_sim.cli import main

main()
