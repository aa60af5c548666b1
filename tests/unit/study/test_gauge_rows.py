"""A gauge that is filled by rows holds what it holds when it is told step by step."""

import numpy as np
from stories import camera, happens, press

from line_sim.line.records import Item, Visit
from line_sim.study.theory.gauge import Gauge, GaugeRows

LINE = (press({"exponential": {"mean": 1}}, buffer=1), camera())


def rows_of(records, record, words):
    """Return records as rows, texts by their places in `words`."""
    fields = [
        name
        for name in record._fields
        if all(isinstance(getattr(r, name), int | str | None) for r in records)
    ]
    texts = {name for name in fields if any(isinstance(getattr(r, name), str) for r in records)}
    rows = np.zeros(len(records), [(name, np.int32 if name in texts else np.int64) for name in fields])
    for row, told in zip(rows, records, strict=True):
        for name in fields:
            value = getattr(told, name)
            if isinstance(value, str) and value not in words:
                words.append(value)
            row[name] = words.index(value) if isinstance(value, str) else -1 if value is None else value
    return rows


def test_rows_and_steps_fill_it_alike():
    """Parts that are lost or left on the line are in neither."""
    records = happens(*LINE, duration=20, every=1, on_full="lose").records
    step_by_step, by_rows, words = Gauge(1), Gauge(1), []
    for visit in records.visits:
        step_by_step.on_visit(visit)
    for item in records.items:
        step_by_step.on_item(item)
    rows = GaugeRows(by_rows)
    half = len(records.visits) // 2
    rows.on_rows("visit", rows_of(records.visits[:half], Visit, words), words)
    rows.on_rows("item", rows_of(records.items, Item, words), words)
    rows.on_round()
    rows.on_rows("visit", rows_of(records.visits[half:], Visit, words), words)
    rows.on_round()
    assert len(step_by_step.items()) > 5
    assert np.array_equal(step_by_step.items(), by_rows.items())
    for name in ("press", "camera"):
        assert np.array_equal(step_by_step.station(name).exact, by_rows.station(name).exact)
