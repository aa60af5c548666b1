"""What this machine's processor can do."""

from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
BFLOAT16_UNITS = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
"""Flags of x86 (AVX-512 BF16, AMX) and of Arm (Armv8.6 BF16), as Linux names them."""


def bfloat16_units(info: Path = CPU_INFO) -> bool:
    """Tell whether the processor multiplies bfloat16 in hardware; False where Linux does not say."""
    return bool(BFLOAT16_UNITS & {word for line in lines(info) for word in line.split()})


def processor(info: Path = CPU_INFO) -> str:
    """Return the processor's name as Linux gives it, or `unknown`."""
    names = [line.partition(":")[2].strip() for line in lines(info) if line.startswith("model name")]
    return names[0] if names else "unknown"


def lines(info: Path) -> list[str]:
    """Return the lines about the processor; none on systems that have no such file."""
    try:
        return info.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
