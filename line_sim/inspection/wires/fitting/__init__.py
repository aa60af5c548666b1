"""What a model takes and gives, and how a picture and other values are written into it."""
