"""The same line under other chance, until enough is known."""
