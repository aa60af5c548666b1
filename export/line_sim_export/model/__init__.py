"""The SavedModel: its signatures, frozen, kept, proven, and its card."""
