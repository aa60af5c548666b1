"""A run in numbers: the figures put together, the advice and the verdict that follow from them."""
