"""What a model is asked with, and how its answer is read, as far as a scenario must say it."""
