"""The pages of comparisons and replications: what `line_sim.report.studies` shows, said from their files."""
