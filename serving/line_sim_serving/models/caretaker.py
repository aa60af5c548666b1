"""Looking after one model: each has a thread of its own, so that a slow one holds up no other."""

import threading
import time

from line_sim_serving.models.memory import settle_memory
from line_sim_serving.models.servables import Model, ModelPlan

FOR_EVER = 3600.0


class Caretaker:
    """Looks into a model's folder every `poll_wait_s`, loads and retires; 0: looks once, negative: never."""

    def __init__(self, model: Model, poll_wait_s: float) -> None:
        self._model = model
        self._poll_wait_s = poll_wait_s
        self._thread = threading.Thread(target=self._run, name=f"caretaker of {model.name}", daemon=True)

    def start(self) -> None:
        """Begin, for as long as the process lives."""
        self._thread.start()

    def _run(self) -> None:
        seen: ModelPlan | None = None
        while True:
            plan = self._model.plan
            if self._should_look(plan, seen):
                self._model.scan(plan)
            seen = plan
            if self._model.step(plan):
                settle_memory()
            self._model.wait_for_change(plan, self._pause())

    def _should_look(self, plan: ModelPlan, seen: ModelPlan | None) -> bool:
        if plan.base is None:
            return plan is not seen
        return self._poll_wait_s > 0 or (self._poll_wait_s == 0 and plan is not seen)

    def _pause(self) -> float:
        """Give the seconds until there may be something to do."""
        poll = self._poll_wait_s if self._poll_wait_s > 0 else FOR_EVER
        due = self._model.next_try_at
        return poll if due is None else max(0.0, min(poll, due - time.monotonic()))
