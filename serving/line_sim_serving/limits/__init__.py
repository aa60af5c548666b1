"""What a request may cost: looked up in its bytes before NumPy or TensorFlow sees it, and refused beyond."""
