"""What the pages of studies are made of: a page of blocks in the look of a run's page.

    from line_sim.report.studies.blocks import Chart, Section, Table, Words, ...
    from line_sim.report.studies.charts import Axis, heat, lines, rows, scatter, ...
    from line_sim.report.studies.page import Page, write_study_page

`page` says how a page is made, `blocks` what it may hold, `charts` what can be drawn. A page knows no study:
who has one (`line_sim.study`) says it in blocks.
"""
