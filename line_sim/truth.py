"""What a part truly is, in the words of items.csv, of folders of pictures, and of modelled networks.

It imports nothing: processes that draw pictures, and nothing else, take it from here.
"""

GOOD = "good"
DEFECTIVE = "defective"

TRUE_STATES = (GOOD, DEFECTIVE)
