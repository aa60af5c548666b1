"""What the commands show while they work, and the signals that they hear."""
