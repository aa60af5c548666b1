"""The queues of modelled servers, worked out again from the calls."""
