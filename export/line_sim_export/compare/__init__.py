"""The same network asked in several ways, side by side: what each layer between caller and weights costs."""
