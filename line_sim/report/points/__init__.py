"""Pages of studies that try many points: sweeps and plans, from their JSON to one file that opens offline.

What both draw alike is here: how figures, settings and demands are written, and the charts' script.
Nothing here is imported before a page is made.
"""
