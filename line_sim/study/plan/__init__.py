"""The cheapest design that meets every demand, with a guarantee."""
