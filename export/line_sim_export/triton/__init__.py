"""A model repository for NVIDIA's Triton, made from an exported model."""
