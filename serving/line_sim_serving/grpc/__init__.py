"""The gRPC port: services, health, opening it."""
