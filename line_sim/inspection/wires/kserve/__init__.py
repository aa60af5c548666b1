"""KServe's v2 protocol: what Triton, MLServer and KServe are asked in."""
