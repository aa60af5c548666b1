"""What brings machines to a stop: several ways, hours, and a line that has locked up."""
