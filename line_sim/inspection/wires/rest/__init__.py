"""REST: TensorFlow Serving's JSON over HTTP connections that are kept, each exchange ended by a deadline."""
