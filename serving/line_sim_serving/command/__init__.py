"""The server's command line: flags and configuration files, read and checked."""
