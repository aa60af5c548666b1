"""Pictures of parts: rendered ones and folders of real ones."""
