"""What the line makes in the long run, told from one run: by its means, or by the run and its means."""
