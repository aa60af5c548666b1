"""Figures of a run by name, each made alone: what nobody asks for is not made."""
