"""Parts of several kinds on the line."""
