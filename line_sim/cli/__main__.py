"""`python -m line_sim.cli`, the same as `line-sim`."""

from line_sim.cli import main

if __name__ == "__main__":  # a study's processes import this module again
    main()
