"""The gateway seam: what the line asks of a neural network, and what can come back."""
