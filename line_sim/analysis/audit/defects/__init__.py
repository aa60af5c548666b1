"""The audit of where defects come from."""
