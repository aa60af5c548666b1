"""Pictures to fit on and to be judged by, and what the network sees in them."""
