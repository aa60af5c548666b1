"""The network that pictures go through, and the names of its classes."""
