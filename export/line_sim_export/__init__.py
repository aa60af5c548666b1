"""Builds and proves the SavedModel that the inference server loads."""
