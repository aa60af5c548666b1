"""Rendered flanges: their drawing, and what can be wrong with one."""
