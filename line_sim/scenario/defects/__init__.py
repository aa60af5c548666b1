"""What a scenario says of defects that are made on the line."""
