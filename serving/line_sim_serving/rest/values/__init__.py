"""Values in JSON: read, checked, made into tensors, and written."""
