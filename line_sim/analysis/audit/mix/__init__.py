"""Audits of parts of several kinds."""
