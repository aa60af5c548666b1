"""What the server measures of itself, and the page that tells it."""
