"""Parts of several kinds: their shares, the order in which they come, what hangs on them."""
