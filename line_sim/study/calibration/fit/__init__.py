"""From measured calls to a server's law; pure: no clock, no file, no server."""
