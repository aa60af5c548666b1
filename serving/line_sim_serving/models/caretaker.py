"""Looking after models: each has a thread of its own, so that a slow one holds up no other."""

import threading
import time

from line_sim_serving.models.memory import settle_memory
from line_sim_serving.models.servables import Model, ModelPlan

FOR_EVER = 3600.0


class Caretakers:
    """Looks into models' folders every `poll_wait_s`, loads and retires; 0: looks once, negative: never."""

    def __init__(self, poll_wait_s: float) -> None:
        self._poll_wait_s = poll_wait_s
        self._changing = threading.Lock()
        self._looked_after: set[Model] = set()

    def look_after(self, model: Model) -> None:
        """Look after a model from now on, until there is nothing to be served of it any more."""
        with self._changing:
            if model in self._looked_after:
                return
            self._looked_after.add(model)
        name = f"caretaker of {model.name}"
        threading.Thread(target=self._run, args=(model,), name=name, daemon=True).start()

    def _run(self, model: Model) -> None:
        seen: ModelPlan | None = None
        while not self._may_end(model):
            plan = model.plan
            if self._should_look(plan, seen):
                model.scan(plan)
            seen = plan
            if model.step(plan):
                settle_memory()
            if not model.is_over:
                model.wait_for_change(plan, self._pause(model))

    def _may_end(self, model: Model) -> bool:
        """Whether the model is served no longer; whoever wants it again then calls for another thread."""
        with self._changing:
            if model.is_over:
                self._looked_after.discard(model)
                return True
            return False

    def _should_look(self, plan: ModelPlan, seen: ModelPlan | None) -> bool:
        if plan.base is None:
            return plan is not seen
        return self._poll_wait_s > 0 or (self._poll_wait_s == 0 and plan is not seen)

    def _pause(self, model: Model) -> float:
        """Give the seconds until there may be something to do."""
        poll = self._poll_wait_s if self._poll_wait_s > 0 else FOR_EVER
        due = model.next_try_at
        return poll if due is None else max(0.0, min(poll, due - time.monotonic()))
