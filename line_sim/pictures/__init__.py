"""What parts look like: rendered ones and folders of real ones, made ahead where that matters."""
