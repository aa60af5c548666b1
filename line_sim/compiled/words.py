"""Texts as whole numbers: what the kernel writes in place of a word."""


class Words:
    """Each text once, at the place that its code says; the empty one is the first."""

    def __init__(self) -> None:
        self.texts = [""]
        self._codes = {"": 0}

    def code(self, text: str) -> int:
        """Return the code of a text, a new one where it is new."""
        if text not in self._codes:
            self._codes[text] = len(self.texts)
            self.texts.append(text)
        return self._codes[text]

    def row(self, *texts: str) -> int:
        """Return the code of the first of several texts whose codes follow each other."""
        first = len(self.texts)
        self.texts += texts
        return first
