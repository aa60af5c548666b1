"""What a run leaves behind: records to CSV rows and files, and back to the very same records."""

from line_sim.recording.reader import RunRecords, RunTables, read_columns, read_info, read_run
from line_sim.recording.writer import RunFolder

__all__ = ["RunFolder", "RunRecords", "RunTables", "read_columns", "read_info", "read_run"]
