"""The numbers of a run as a workbook, `summary.xlsx`: numbers as numbers, text as text, units in the headers.

`sheets` says what a sheet is and writes them, `run` what the sheets of a run are. Nothing here is imported
before a workbook is asked for.
"""
