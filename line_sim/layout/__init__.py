"""The line as data: its places and the ways between them, built once from the scenario."""
