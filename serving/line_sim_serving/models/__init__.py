"""Models and their versions: found, loaded, warmed up, served, retired."""
