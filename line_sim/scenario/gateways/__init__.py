"""What answers an inspection's question: a file for each kind of gateway, and the table of all kinds."""
