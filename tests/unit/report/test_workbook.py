"""summary.xlsx: numbers as numbers, text as text, read back from the file as Excel would."""

import json
import re
import xml.etree.ElementTree as ET
import zipfile

import pytest
from commands import ROOT
from pages import INSPECTED, kill, made_again, run_of

from line_sim.errors import RunFileError
from line_sim.report.workbook.run import write_run_workbook
from line_sim.report.workbook.sheets import Sheet, write_workbook
from line_sim.scenario import load
from line_sim.simulation import simulate

MAIN = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def parsed(text):
    """Return an XML text of a workbook that was just written."""
    return ET.fromstring(text)  # noqa: S314 - our own


def read(path):
    """Return the sheets of a workbook: name to rows of values, numbers as float, text as str."""
    with zipfile.ZipFile(path) as file:
        book = parsed(file.read("xl/workbook.xml"))
        links = parsed(file.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target") for link in links}
        names = [
            (sheet.get("name"), targets[sheet.get(RELATION)]) for sheet in book.iterfind(".//x:sheet", MAIN)
        ]
        return {name: rows(parsed(file.read(f"xl/{target}"))) for name, target in names}


def rows(sheet):
    """Return the values of a sheet's rows, each at its column."""
    found = []
    for row in sheet.iterfind(".//x:row", MAIN):
        values = {}
        for cell in row.iterfind("x:c", MAIN):
            assert cell.find("x:f", MAIN) is None, "a formula"
            values[column(cell.get("r"))] = value(cell)
        found.append([values.get(place) for place in range(max(values, default=-1) + 1)])
    return found


def column(reference):
    """Return the place of a cell: `B7` is 1."""
    number = 0
    for letter in re.match("[A-Z]+", reference)[0]:
        number = 26 * number + ord(letter) - 64
    return number - 1


def value(cell):
    """Return what a cell holds."""
    text = "".join(part.text or "" for part in cell.iterfind(".//x:t", MAIN))
    match cell.get("t"):
        case "inlineStr":
            return text
        case "b":
            return cell.find("x:v", MAIN).text == "1"
        case None:
            return float(cell.find("x:v", MAIN).text)
        case other:
            raise AssertionError(other)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run with timeouts, outages, escapes and overkill."""
    return run_of(tmp_path_factory.mktemp("workbook") / "run")


def numbers_of(folder):
    """Return what a run's summary.json says."""
    return json.loads((folder / "summary.json").read_text())


def test_the_figures_are_those_of_the_summary(folder):
    """Value, unit, interval, what it was counted in, and a note where there is one."""
    numbers = numbers_of(folder)
    sheets = read(write_run_workbook(folder, numbers))
    assert list(sheets) == ["summary", "run", "stations", "latency", "items", "visits", "calls", "breakdowns"]
    heading, *figures = sheets["summary"]
    assert heading == ["figure", "name", "value", "unit", "95 % from", "95 % to", "count", "note"]
    told = {row[1]: row for row in figures}
    uph = numbers["throughput"]
    assert told["uph"][:6] == ["Output", "uph", uph["uph"], "UPH", *map(pytest.approx, uph["uph_ci"])]
    assert told["uph"][7] == uph["uph_ci_note"]
    escapes = numbers["quality"]
    assert told["escape_rate"][2:7] == [
        *(
            escapes["escape_rate"],
            "share",
            *map(pytest.approx, escapes["escape_rate_ci"]),
            escapes["n"]["escapes"],
        )
    ]
    flow = numbers["flow_time"]
    assert told["flow_time"][2] == pytest.approx(flow["mean_s"])
    stations = {row[0]: row for row in sheets["stations"][1:]}
    assert "busy, share" in sheets["stations"][0]
    assert stations["camera"][1:3] == [2, pytest.approx(numbers["stations"]["camera"]["busy"])]


@pytest.mark.parametrize("name", ["items", "visits", "calls", "breakdowns"])
def test_tables_are_those_of_the_files_with_numbers_as_numbers(folder, name):
    """Every row, every value; times are seconds and say so."""
    sheets = read(write_run_workbook(folder, numbers_of(folder)))
    lines = (folder / f"{name}.csv").read_text().splitlines()
    names = lines[0].split(",")
    heading, *told = sheets[name]
    assert [text.removesuffix(", s") for text in heading] == [text.removesuffix("_s") for text in names]
    assert len(told) == len(lines) - 1
    words = {
        "station",
        "true_state",
        "defect",
        "evaluation",
        "label",
        "inference_outcome",
        "lane",
        "disposition",
    }
    words |= {"outcome", "status", "name"}
    for line, row in zip(lines[1:], told, strict=True):
        for column_name, field, cell in zip(
            names, line.split(","), [*row, *[None] * len(names)], strict=False
        ):
            expected = field or None
            assert cell == (expected if column_name in words or expected is None else float(field)), (
                column_name
            )


def test_the_same_run_gives_the_same_bytes(folder):
    """Whenever it is asked for: the file has no clock in it."""
    first = write_run_workbook(folder, numbers_of(folder)).read_bytes()
    assert write_run_workbook(folder, numbers_of(folder)).read_bytes() == first


def test_headers_stay_in_sight_and_can_be_filtered_by(folder):
    """Every sheet has its first row frozen, and a filter over all of its columns."""
    path = write_run_workbook(folder, numbers_of(folder))
    with zipfile.ZipFile(path) as file:
        sheets = [parsed(file.read(name)) for name in file.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 8
    for sheet in sheets:
        assert sheet.find(".//x:pane", MAIN).get("ySplit") == "1"
        assert sheet.find(".//x:pane", MAIN).get("state") == "frozen"
        width, height = len(rows(sheet)[0]), len(rows(sheet))
        last = sheet.find("x:autoFilter", MAIN).get("ref").partition(":")[2]
        assert (column(last) + 1, int(re.search(r"\d+", last)[0])) == (width, height)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "1e5", "007", "http://x.example", "{=1}", " x "]
)
def test_text_stays_text(tmp_path, text):
    """Whatever it begins with, nothing is computed, linked or made a number of it."""
    path = write_workbook(tmp_path / "t.xlsx", [Sheet("s", (text,), [(text, 1)])], "again")
    assert read(path)["s"] == [[text], [text, 1.0]]
    with zipfile.ZipFile(path) as file:
        assert not [name for name in file.namelist() if "sheet1.xml.rels" in name]


def test_a_long_table_goes_on_in_further_sheets(tmp_path):
    """Each of them with its header; no row is lost, none is told twice, also where they just fit."""
    for count in (0, 1, 3, 4, 6, 7):
        sheet = Sheet("rows of a name that is far too long for Excel", ("n",), ((n,) for n in range(count)))
        sheets = read(write_workbook(tmp_path / "t.xlsx", [sheet], "again", most=4))
        assert all(len(name) <= 31 for name in sheets)
        assert all(told[0] == ["n"] and len(told) <= 4 for told in sheets.values())
        assert [row[0] for told in sheets.values() for row in told[1:]] == list(range(count))


def test_text_beyond_what_a_cell_holds_is_cut(tmp_path):
    """Rather than left out."""
    path = write_workbook(tmp_path / "t.xlsx", [Sheet("s", ("t",), [("x" * 40_000,)])], "again")
    assert read(path)["s"][1] == ["x" * 32_767]


def test_a_killed_run_has_the_rows_that_are_whole(tmp_path):
    """The torn last row is left out, as everywhere."""
    folder = run_of(tmp_path / "run")
    kill(folder, rows=30)
    made_again(folder)
    sheets = read(write_run_workbook(folder, numbers_of(folder)))
    whole = (folder / "items.csv").read_bytes().count(b"\n")  # with the header; the torn row has no end
    assert len(sheets["items"]) == whole == 30


def test_crews_and_variants_have_sheets_where_there_are_some(tmp_path):
    """What a line has no use for is not in its workbook."""
    press, camera = INSPECTED["line"]
    crewed = {"crews": {"fitters": 1}, "line": [{**press, "crew": {"fitters": ["repair"]}}, camera]}
    folder = run_of(tmp_path / "run", crewed)
    sheets = read(write_run_workbook(folder, numbers_of(folder)))
    assert {"crews", "crew jobs"} <= set(sheets)
    assert "variants" not in sheets


def test_a_factory_has_all_sheets_and_every_number_stands_under_a_heading(tmp_path):
    """Variants, crews, what inspections caught: a row each, shares and times said to be such."""
    scenario = load(ROOT / "scenarios" / "factory.yaml", ("run.items=30", "run.duration=null"))
    folder = simulate(scenario, tmp_path / "run").folder
    sheets = read(write_run_workbook(folder, numbers_of(folder)))
    assert {"variants", "crews", "defects", "crew jobs"} <= set(sheets)
    numbers = numbers_of(folder)
    for name, section in (("variants", "variants"), ("crews", "crews"), ("defects", "inspections")):
        heading, *told = sheets[name]
        assert [row[0] for row in told] == list(numbers[section])
        assert all(len(row) <= len(heading) for row in told)
    assert "defective_rate, share" in sheets["defects"][0]
    assert any(text.endswith(", s") for text in sheets["variants"][0])


def test_a_workbook_that_cannot_be_written_says_so(tmp_path):
    """And leaves nothing half-made behind."""
    with pytest.raises(RunFileError, match="cannot be written"):
        write_workbook(tmp_path / "nowhere" / "t.xlsx", [Sheet("s", ("a",), [])], "again")
    (tmp_path / "t.xlsx").mkdir()
    (tmp_path / "t.xlsx" / "x").touch()
    with pytest.raises(RunFileError, match="cannot be written"):
        write_workbook(tmp_path / "t.xlsx", [Sheet("s", ("a",), [])], "again")
    assert [path.name for path in tmp_path.iterdir()] == ["t.xlsx"]
