"""What is sent and read: messages, transports, TLS, statuses."""
