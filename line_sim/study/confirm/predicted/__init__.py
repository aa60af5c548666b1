"""What a line is predicted to do: the model in the place of its servers, its runs, and how sure they are."""
