"""A line predicted from a calibrated server, run live, and whether both agree."""
