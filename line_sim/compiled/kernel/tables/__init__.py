"""The tables of a line: what their rows hold, and how a row is found.

All are whole numbers but scores; `NONE` stands where there is nothing. What each means for the line stands in
the module of the kernel that works with it.
"""
