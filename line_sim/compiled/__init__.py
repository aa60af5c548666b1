"""The same line as in `line`, as a kernel that numba compiles: imported only where it is used."""
