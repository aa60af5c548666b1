"""What the processor says of itself."""

from pathlib import Path

import pytest
from line_sim_export.processor import bfloat16_units, processor


@pytest.mark.parametrize(
    ("flags", "units"),
    [
        ("flags : fpu avx2 avx512f avx512_bf16", True),
        ("flags : fpu amx_tile amx_bf16", True),
        ("Features : fp asimd bf16 i8mm", True),
        ("flags : fpu avx2 avx512f amx_int8", False),
    ],
)
def test_units_are_read_from_the_flags(tmp_path: Path, flags: str, units: bool) -> None:
    """AVX-512 BF16, AMX and Arm's extension count; wide vectors alone do not."""
    info = tmp_path / "cpuinfo"
    info.write_text(f"processor : 0\nmodel name : Some CPU @ 2 GHz\n{flags}\n")
    assert bfloat16_units(info) is units
    assert processor(info) == "Some CPU @ 2 GHz"


def test_a_system_that_does_not_say_has_none(tmp_path: Path) -> None:
    """Without /proc/cpuinfo the export promises nothing."""
    assert not bfloat16_units(tmp_path / "missing")
    assert processor(tmp_path / "missing") == "unknown"
