"""The page of a run, `report.html`: one file that opens offline, made from the rows of the run's files alone.

Every section is a module: from the run's numbers and rows to a frozen view, which a template of the
same name writes. Nothing here is imported before a page is made.
"""
