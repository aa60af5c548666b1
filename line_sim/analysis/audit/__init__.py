"""The audit: an independent second opinion on the files of a run."""
