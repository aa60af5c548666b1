"""The cheapest design that meets every demand, with a guarantee: feasibility first, then the best of equals."""
