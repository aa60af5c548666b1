"""Is it a steady state: what fills up, what was seen to rise, and how many outages were seen."""
