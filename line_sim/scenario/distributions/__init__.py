"""Random times that are told by parameters, one family a module."""
