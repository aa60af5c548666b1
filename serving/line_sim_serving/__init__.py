"""The embedded inference server, wire-compatible with TensorFlow Serving."""
