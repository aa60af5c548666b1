"""What answers without a server: a model of one, a recording, answers that are written down."""
