"""A model of a server that was measured, from a calibration file, as a scenario says it."""

from collections.abc import Mapping
from typing import Any, Self, final

from pydantic import Field, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from line_sim.errors import ScenarioError
from line_sim.scenario.fields import Key, LocalPath, Rate, Record, Text, refuse
from line_sim.scenario.gateways.kind import OfflineKind
from line_sim.scenario.gateways.modelled import ModelledOptions, model_words
from line_sim.units import counted


class AsRead(Record):
    """What a calibration file said when it was read: a run's own scenario tells it for good."""

    file: LocalPath = Field(description="The file that said so; another one is read anew.")
    name: Text = Field(description="What the server is called.")
    at: Text = Field(description="When it was measured.")
    model: ModelledOptions = Field(description="The model of it.")


class CalibratedOptions(Record):
    """A calibration file, and what it does not know: how often the network errs."""

    server: LocalPath = Field(description="A calibration file; relative to the scenario's folder.")
    miss_rate: Rate | None = Field(
        None, description="The share of defective parts it calls good, 0 to 1. Default: the file's."
    )
    false_alarm_rate: Rate | None = Field(
        None, description="The share of good parts it calls defective, 0 to 1. Default: the file's."
    )
    as_read: AsRead | None = Field(
        None,
        description="What the file said when it was read; a run's own scenario has it, no other needs it.",
    )

    @model_validator(mode="before")
    @classmethod
    def _read_a_path(cls, written: Any) -> Any:
        return {"server": written} if isinstance(written, str) else written

    @model_validator(mode="after")
    def _read_file(self, info: ValidationInfo) -> Self:
        known = self.as_read is not None and self.as_read.file == self.server
        if not known and (info.context or {}).get("read_files", True):
            object.__setattr__(self, "as_read", _as_read(self.server))  # from here on it is frozen
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the path by itself, too."""
        return {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 1000}, handler(core)]}

    @property
    def model(self) -> ModelledOptions | None:
        """The model of the file with these rates; None where the file was not read."""
        if self.as_read is None:
            return None
        said = {"miss_rate": self.miss_rate, "false_alarm_rate": self.false_alarm_rate}
        return self.as_read.model.model_copy(
            update={key: rate for key, rate in said.items() if rate is not None}
        )


def _as_read(path: str) -> AsRead:
    from line_sim.scenario.gateways.calibration_files import read_calibration  # noqa: PLC0415 - knows this room

    try:
        found = read_calibration(path)
    except ScenarioError as error:
        first, *others = str(error).splitlines()
        more = f" (and {counted(len(others), 'more mistakes')} in it)" if others else ""
        refuse("CalibratedOptions", [(("server",), f"{first}{more}", path)])
    return AsRead.model_construct(file=path, name=found.name, at=found.measured.at, model=found.model)


@final
class CalibratedGateway(OfflineKind):
    """A server that was measured; it acts as the model of it."""

    calibrated: CalibratedOptions = Field(
        description="The model of a server that was measured: a calibration file, such as server.yaml."
    )

    @property
    def words(self) -> str:
        """Which server was measured, and its service time."""
        read = self.calibrated.as_read
        if read is None:
            return f"a model from {self.calibrated.server}"
        return f"a model of {read.name}, measured {read.at} ({model_words(read.model)})"

    @property
    def model(self) -> ModelledOptions | None:
        """That of the file; None in an old result whose scenario does not hold it."""
        return self.calibrated.model

    @property
    def identity(self) -> dict[str, str]:
        """Which calibration answers."""
        read = self.calibrated.as_read
        said = {} if read is None else {"calibration": read.name, "measured": read.at}
        return {"server": "calibrated", **said, "file": self.calibrated.server}

    @property
    def answer_key(self) -> Key:
        """That of the file."""
        return "gateway", "calibrated", "server"

    @classmethod
    def takes_time(cls, options: Mapping[str, Any]) -> bool:  # noqa: ARG003 - the file is not read yet
        """A server that was measured does."""
        return True
