"""`python -m line_sim.dashboard`: the drawing process; the simulator starts it."""

from line_sim.dashboard.screen import main

if __name__ == "__main__":
    main()
