"""Every variant of a study run again and again under the same chance, and what follows from it."""
