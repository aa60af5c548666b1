"""Functions as machine code: compiled once for a user, kept, and loaded without the compiler."""
