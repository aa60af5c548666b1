"""What makes machines stand still: how they break down, and when they are planned not to work."""
