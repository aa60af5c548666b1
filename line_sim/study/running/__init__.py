"""The run itself, without files: who makes it, what is kept from seed to seed, and a second look at it."""
