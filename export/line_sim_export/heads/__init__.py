"""Heads on a network: fitted on what it sees in a user's or in rendered pictures."""
