"""What parts look like: a file for each kind of pictures, and the table of all kinds."""
