"""The live screen: frozen frames of a running line, and their drawing by a process of its own.

Drawing a frame takes the interpreter for some milliseconds. Done in the simulator's process that would
make answers look late which were not, so there only the frames are made.
"""
