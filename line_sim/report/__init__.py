"""From numbers to what a person reads: pure functions to text and pages."""
