"""Defects: where they come from, and what the inspections see of them."""
