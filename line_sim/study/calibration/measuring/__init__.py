"""Asking a real server in a planned way, and watching who else is at work on the machine."""
