"""Files of labels: what a model's classes are called, one a line, as TensorFlow's for ImageNet are."""

import unicodedata
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, ValidationInfo

from line_sim.regular import read_regular
from line_sim.scenario.fields import LocalFile

MOST_LABELS = 100_000
LONGEST_LABEL = 1_000
LARGEST_FILE = 16 * 1024 * 1024
"""Bytes of a file of labels; it would have a hundred thousand long ones."""

Scores: TypeAlias = Literal["probabilities", "logits"]


def read_labels(path: str | Path) -> tuple[str, ...]:
    """Return the labels of a file, without the blanks around each; that of class 0 is in the first line.

    Raises ValueError, which names the line.
    """
    lines = _text(Path(path)).rstrip().split("\n")
    if lines == [""]:
        raise ValueError("it holds no label; write one a line, that of class 0 first")
    if len(lines) > MOST_LABELS:
        raise ValueError(f"it has {len(lines):,} lines; it may have {MOST_LABELS:,} labels")
    return tuple(_label(line.strip(), number) for number, line in enumerate(lines, 1))


def _text(path: Path) -> str:
    try:
        content = read_regular(path, LARGEST_FILE)
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror or error}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line:,} is not UTF-8") from None


def _label(label: str, number: int) -> str:
    if not label:
        raise ValueError(f"line {number:,} is empty; each line is a class, that of class 0 first")
    if len(label) > LONGEST_LABEL:
        raise ValueError(f"line {number:,} has {len(label):,} characters; it may have {LONGEST_LABEL:,}")
    for sign in label:
        if unicodedata.category(sign) in {"Cc", "Cs"} and sign != "\t":
            raise ValueError(f"line {number:,} holds U+{ord(sign):04X}, which is no character of a text")
    return label


def _can_be_read(path: str, info: ValidationInfo) -> str:
    context = info.context or {}
    if context.get("folder") and context.get("read_files"):
        read_labels(path)
    return path


LabelsFile = Annotated[LocalFile, AfterValidator(_can_be_read)]
"""The path of a file of labels, which can be read when a scenario file is loaded."""
