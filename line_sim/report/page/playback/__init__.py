"""The line played back: the stretch that a page holds, and what the Gantt chart does not tell of it.

Where a part was worked on, for how long, and which calls were out is packed once, for the Gantt chart. Here
is what is missing for a picture of the line: since when parts stood in front, where they went, what they are.
"""
