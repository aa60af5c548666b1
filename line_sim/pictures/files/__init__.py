"""Picture files: found, read from disk, and brought into the one form that every network is shown."""
