"""What is proved of most runs in one reading, so that the checks need not look row by row, and its tools."""
