"""A factory production line whose inspection station waits for a real neural network."""

__version__ = "0.1.0"
