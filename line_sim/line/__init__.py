"""The line itself: SimPy moves parts from station to station."""
