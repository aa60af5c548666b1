"""`python -m line_sim_export`, which `line-sim export` runs."""

from line_sim_export.cli import main

if __name__ == "__main__":
    main()
