"""breakdowns.csv has a column for the names of stops only where there are names; both files are read."""

import pytest

from line_sim.errors import RunFileError
from line_sim.line.records import Outage
from line_sim.recording.reader import read_columns, read_table
from line_sim.recording.rows import Outages
from line_sim.recording.tables import BREAKDOWNS, TABLES
from line_sim.recording.writer import RunFolder

PLAIN = "station,unit,failed_at,repaired_at\r\npress,1,1.000000000,2.000000000\r\n"
NAMED = "station,unit,failed_at,repaired_at,name\r\npress,1,1.000000000,,jam\r\n"


def written(folder, outage, *, names):
    """Return what a run writes of an outage, and of its rows as it keeps them."""
    tables = [table.having({"name"} if names else ()) for table in TABLES]
    with RunFolder(folder, lambda: 0.0, tables) as run:
        run.on_outage(outage)
        run.flush()
        store = run.tables().store
        kept = Outages(store, (("breakdowns.csv", store.code("press")),))
        told = [store.words[code] for code in kept.name.tolist()]
    return (folder / "breakdowns.csv").read_bytes().decode(), told


def test_the_column_is_there_where_there_are_names(tmp_path):
    """Else the file is as it always was."""
    second = 10**9
    assert written(tmp_path / "a", Outage("press", 1, second, 2 * second), names=False) == (PLAIN, [""])
    assert written(tmp_path / "b", Outage("press", 1, second, None, "jam"), names=True) == (NAMED, ["jam"])


ODD = NAMED.replace("repaired_at,name", '"repaired_at",name'), PLAIN.replace("station,", '"station",')


@pytest.mark.parametrize(("text", "name"), [(PLAIN, ""), (NAMED, "jam"), (ODD[0], "jam"), (ODD[1], "")])
def test_both_are_read_back(tmp_path, text, name):
    """Row by row and as columns, also with a header in quotes."""
    with RunFolder(tmp_path / "run", lambda: 0.0):
        pass
    (tmp_path / "run" / "breakdowns.csv").write_bytes(text.encode())
    records, torn = read_table(tmp_path / "run", BREAKDOWNS)
    assert ([outage.name for outage in records], torn) == ([name], False)
    with read_columns(tmp_path / "run") as tables:
        rows = Outages(tables.store, (("breakdowns.csv", tables.store.code("press")),))
        assert [tables.store.words[code] for code in rows.name.tolist()] == [name]


def test_another_header_is_damage(tmp_path):
    """Told with its line."""
    (tmp_path / "breakdowns.csv").write_text(PLAIN.replace("unit", "units"), encoding="utf-8")
    with pytest.raises(RunFileError, match=r"breakdowns\.csv:1: the header is"):
        read_table(tmp_path, BREAKDOWNS)
