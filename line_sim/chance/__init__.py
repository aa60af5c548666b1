"""Named, item-keyed random numbers: a change in one place leaves every other draw as it was."""
