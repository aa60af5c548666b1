"""Real servers: reaching and proving one, asking it, asking again."""
