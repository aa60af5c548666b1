"""Batching at work: queues of requests, and the threads that run them together.

One scheduler's threads serve the queues of all models; every model version has a queue for each
combination of tensors that are fed and fetched.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import grpc
import numpy as np

from line_sim_serving.batching.rules import (
    BatchRules,
    join,
    padded_size,
    parts_of,
    refuse_too_large,
    rows_of,
    split,
)
from line_sim_serving.inference.patience import Patience
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.models.runner import Array, LoadedModel, SignatureDef

_Key: TypeAlias = tuple[frozenset[tuple[str, str]], frozenset[str]]
"""Names and types of what is fed, names of what is fetched."""


@dataclass(eq=False)
class _Task:
    """A request, or a part of one, and in the end its outputs or its error."""

    feeds: Mapping[str, Array]
    rows: int
    patience: Patience
    queued_at: float
    done: threading.Event = field(default_factory=threading.Event)
    outputs: list[Array] = field(default_factory=list)
    error: Exception | None = None
    is_running: bool = False

    def end(self, outputs: list[Array], error: Exception | None = None) -> None:
        self.outputs, self.error = outputs, error
        self.done.set()


@dataclass(eq=False)
class _Queue:
    """The batches that wait to be run for one combination of tensors; the last may take more rows."""

    owner: "BatchedModel"
    fetches: tuple[str, ...]
    batches: list[list[_Task]] = field(default_factory=list)

    def free_rows(self) -> int:
        """Give the rows that still fit into the open batch."""
        if not self.batches:
            return 0
        return self.owner.rules.full_size - sum(task.rows for task in self.batches[-1])

    def due_at(self) -> float | None:
        """Give when the first batch is to be run: at once where it is full; None: there is none."""
        if not self.batches:
            return None
        is_closed = len(self.batches) > 1 or self.free_rows() <= 0
        return 0.0 if is_closed else self.batches[0][0].queued_at + self.owner.rules.timeout_s


class BatchScheduler:
    """Runs batches when they are full or old enough, with as many threads as the rules say."""

    def __init__(self, threads: int) -> None:
        self._changed = threading.Condition()
        self._queues: list[_Queue] = []
        for number in range(threads):
            threading.Thread(target=self._work, name=f"batch {number}", daemon=True).start()

    def add(self, queue: _Queue, tasks: Sequence[_Task]) -> None:
        """Queue all parts of one request, or refuse it with UNAVAILABLE where the queue is full."""
        rules = queue.owner.rules
        with self._changed:
            fits = queue.free_rows() >= tasks[0].rows
            if len(queue.batches) + len(tasks) - fits > rules.max_enqueued:
                raise Refusal(
                    grpc.StatusCode.UNAVAILABLE,
                    f"The batch scheduling queue to which this task was submitted is full; currently "
                    f"{len(queue.batches)} batches enqueued and max_enqueued_batches is {rules.max_enqueued}",
                )
            for task in tasks:
                if queue.free_rows() < task.rows:
                    queue.batches.append([])
                queue.batches[-1].append(task)
            if queue not in self._queues:
                self._queues.append(queue)
            self._changed.notify_all()

    def free_rows(self, queue: _Queue) -> int:
        """Give the rows that still fit into a queue's open batch."""
        with self._changed:
            return max(0, queue.free_rows())

    def retire(self, owner: "BatchedModel") -> None:
        """Forget a model's queues, whose requests are all given up, and wait for its running batches."""
        with self._changed:
            self._queues = [queue for queue in self._queues if queue.owner is not owner]
            self._changed.wait_for(lambda: owner.running == 0)

    def _work(self) -> None:
        while True:
            with self._changed:
                while (queue := self._due()) is None:
                    self._changed.wait(self._pause())
                batch = queue.batches.pop(0)
                if not queue.batches:
                    self._queues.remove(queue)
                queue.owner.running += 1
            run_batch(queue, batch)
            with self._changed:
                queue.owner.running -= 1
                self._changed.notify_all()

    def _due(self) -> _Queue | None:
        """Find a queue with a batch to run, and let the other queues come first the next time."""
        now = time.monotonic()
        for queue in self._queues:
            due_at = queue.due_at()
            if due_at is not None and due_at <= now:
                self._queues.remove(queue)
                self._queues.append(queue)
                return queue
        return None

    def _pause(self) -> float | None:
        due = [at for queue in self._queues if (at := queue.due_at()) is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None


class BatchedModel:
    """A model whose requests are run together where they come together."""

    def __init__(self, model: LoadedModel, rules: BatchRules, scheduler: BatchScheduler) -> None:
        self.signatures: Mapping[str, SignatureDef] = model.signatures
        self.rules = rules
        self.running = 0
        self.model = model
        self._scheduler = scheduler
        self._queues: dict[_Key, _Queue] = {}
        self._making = threading.Lock()

    def run(self, feeds: Mapping[str, Array], fetches: Sequence[str], patience: Patience) -> list[Array]:
        """Feed and fetch tensors by name, together with whoever else does. Raises Refusal.

        What nobody waits for any more when its turn comes is not computed.
        """
        rows = rows_of(feeds)
        if rows == 0:  # there is nothing that could be put together, nor a row to pad with
            return self.model.run(feeds, fetches, patience)
        refuse_too_large(rows, self.rules)
        queue = self._queue(feeds, fetches)
        parts = parts_of(rows, self._scheduler.free_rows(queue), self.rules)
        tasks = _cut(feeds, parts, patience)
        self._scheduler.add(queue, tasks)
        outputs = [_outputs_of(task) for task in tasks]
        return [_put_together([found[queue.fetches.index(name)] for found in outputs]) for name in fetches]

    def close(self) -> None:
        """Free the model, once its last batch has been run."""
        self._scheduler.retire(self)
        self.model.close()

    def _queue(self, feeds: Mapping[str, Array], fetches: Sequence[str]) -> _Queue:
        """Find the queue of these tensors; a wrong type has one of its own, and so fails alone."""
        key = frozenset((name, array.dtype.str) for name, array in feeds.items()), frozenset(fetches)
        with self._making:
            if key not in self._queues:
                self._queues[key] = _Queue(self, tuple(sorted(key[1])))
            return self._queues[key]


def run_batch(queue: _Queue, batch: Sequence[_Task]) -> None:
    """Run what is still waited for of a batch, and give every task its rows, or the error."""
    wanted = [task for task in batch if _is_wanted(task)]
    if not wanted:
        return
    rules = queue.owner.rules
    try:
        padded = padded_size(sum(task.rows for task in wanted), rules.allowed_sizes)
        joined = join([task.feeds for task in wanted], rules)
        outputs = queue.owner.model.run(joined, queue.fetches, _longest_patience(wanted))
        shares = split(outputs, [task.rows for task in wanted], padded)
    except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must be told
        for task in wanted:
            task.end([], error)
        return
    for task, share in zip(wanted, shares, strict=True):
        task.end(share)


def _cut(feeds: Mapping[str, Array], parts: Sequence[int], patience: Patience) -> list[_Task]:
    """Make the tasks of one request, in the order of its rows."""
    now, begin, tasks = time.monotonic(), 0, []
    for rows in parts:
        piece = {name: array[begin : begin + rows] for name, array in feeds.items()}
        tasks.append(_Task(piece, rows, patience, now))
        begin += rows
    return tasks


def _outputs_of(task: _Task) -> list[Array]:
    """Wait for a task; a deadline that passes meanwhile ends the waiting."""
    deadline = task.patience.deadline
    if not task.done.wait(None if deadline is None else max(0.0, deadline - time.monotonic())):
        raise _too_late(task.is_running)
    if isinstance(task.error, Refusal):  # others are told the same; each raises its own
        raise Refusal(task.error.code, task.error.text)
    if task.error is not None:
        raise task.error
    return task.outputs


def _is_wanted(task: _Task) -> bool:
    """Whether somebody still waits for a task; one that nobody waits for has ended with this."""
    try:
        task.patience.left_ms()
    except Refusal as refusal:
        late = refusal.code is grpc.StatusCode.DEADLINE_EXCEEDED
        task.end([], _too_late(is_running=False) if late else refusal)
        return False
    task.is_running = True
    return True


def _longest_patience(tasks: Sequence[_Task]) -> Patience:
    """Wait for as long as anybody in the batch does."""
    deadlines = [task.patience.deadline for task in tasks if task.patience.deadline is not None]
    deadline = max(deadlines) if len(deadlines) == len(tasks) else None
    return Patience(deadline, lambda: any(task.patience.is_waiting() for task in tasks))


def _too_late(is_running: bool) -> Refusal:
    """Make the refusal for a deadline that passed in a run (the runtime's own text), or before it."""
    if is_running:
        return Refusal(grpc.StatusCode.DEADLINE_EXCEEDED, "Timed out waiting for notification")
    text = "Run() timeout exceeded while waiting in batching queue"
    return Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, text)


def _put_together(pieces: Sequence[Array]) -> Array:
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
