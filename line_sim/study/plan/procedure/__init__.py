"""How it is decided which runs are needed and what they say: statistics alone, nothing is run here."""
