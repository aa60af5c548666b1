"""Defects that are made on the line."""
