"""The figures of a run, computed from columns: knows neither files nor screens."""
