"""Parts of several kinds in a run's figures."""
