"""`python -m line_sim_export.compare`, which `line-sim compare-inference` runs."""

from line_sim_export.compare.cli import main

if __name__ == "__main__":
    main()
