"""Models are looked after for as long as there is something to serve of them, and not longer."""

import threading
import time
from pathlib import Path
from typing import Any

from line_sim_serving.models.caretaker import Caretakers
from line_sim_serving.models.servables import Loading, Model, ModelPlan


class Loaded:
    """A model in memory that is none."""

    signatures: dict[str, Any] = {}  # noqa: RUF012 - a protocol's field

    def run(self, *_: Any) -> list[Any]:
        """Give nothing."""
        return []

    def close(self) -> None:
        """Free nothing."""


def caretakers_alive() -> int:
    """Count the threads that look after models."""
    return sum(thread.name.startswith("caretaker of") for thread in threading.enumerate())


def eventually(truth: Any) -> bool:
    """Look for a minute at most: settling the memory of a large process takes a while."""
    end = time.monotonic() + 60
    while not truth() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(truth())


def test_a_thread_ends_with_its_model(tmp_path: Path) -> None:
    """2,000 names that had come and gone left 2,030 threads."""
    (tmp_path / "1").mkdir()
    caretakers = Caretakers(0.01)
    loading = Loading(lambda folder, asked: Loaded(), 0, 1.0, time.monotonic)
    models = [Model(f"m{number}", ModelPlan(tmp_path), loading) for number in range(8)]
    for model in models:
        caretakers.look_after(model)
        caretakers.look_after(model)
    assert all(model.wait_until_settled(10) is None for model in models)
    assert caretakers_alive() == 8
    for model in models:
        model.follow(ModelPlan(None))
    assert eventually(lambda: caretakers_alive() == 0)
    models[0].follow(ModelPlan(tmp_path))
    caretakers.look_after(models[0])
    assert eventually(lambda: models[0].answers(1))
    assert caretakers_alive() == 1
    models[0].follow(ModelPlan(None))
    assert eventually(lambda: caretakers_alive() == 0)
