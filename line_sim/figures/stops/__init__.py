"""When machines stood still: planned, and by their breakdowns."""
