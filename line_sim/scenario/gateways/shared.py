"""A modelled server that several inspections share, as a scenario says it."""

from collections.abc import Mapping
from typing import Annotated, Any, Self, final

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from line_sim.scenario.fields import Key, Name, Record, refuse
from line_sim.scenario.gateways.kind import OfflineKind
from line_sim.scenario.gateways.modelled import ModelledGateway, ModelledOptions, model_words

SERVERS = "servers"
"""The key of a scenario under which they stand."""

_SHARED_ANYHOW = "only a modelled server stands here; a real one is shared by all gateways with its target"
_OF_ONE_LINE = "only a modelled server stands here; a recording answers one inspection, by its gateway"
_MEASURED = "only a modelled server stands here; write the model of the file under modelled"
_ELSEWHERE = {
    **dict.fromkeys(("grpc", "rest", "kserve"), _SHARED_ANYHOW),
    "replay": _OF_ONE_LINE,
    "calibrated": _MEASURED,
}


class SharedServer(Record):
    """A server that inspections name in their gateways."""

    modelled: ModelledOptions = Field(description="A modelled server.")

    @model_validator(mode="before")
    @classmethod
    def _is_modelled(cls, written: Any) -> Any:
        if isinstance(written, Mapping):
            others = [key for key in _ELSEWHERE if key in written]
            if others:
                refuse("SharedServer", [((key,), _ELSEWHERE[key], written[key]) for key in others])
        return written


class ServerMap(dict[str, SharedServer]):
    """Servers by name; nobody changes it, so that it can be hashed like every part of a scenario."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the names and servers, whatever their order."""
        return hash(frozenset(self.items()))


Servers = Annotated[dict[Name, SharedServer], AfterValidator(ServerMap)]


@final
class SharedGateway(OfflineKind):
    """One of the scenario's servers, which other inspections may ask as well."""

    server: Name = Field(description="The name of one of the scenario's servers.")
    _model: ModelledOptions | None = PrivateAttr(None)

    def joined_to(self, servers: Mapping[str, SharedServer]) -> Self:
        """Return the gateway that knows its server; without one of that name it knows none."""
        found = servers.get(self.server)
        joined = self.model_copy()
        joined._model = None if found is None else found.modelled  # noqa: SLF001 - its own
        return joined

    @property
    def words(self) -> str:
        """Which server it is, and its service time."""
        return self.server if self._model is None else f"{self.server} ({model_words(self._model)})"

    @property
    def model(self) -> ModelledOptions | None:
        """The options of its server; None of a gateway that is in no scenario."""
        return self._model

    @property
    def answer_key(self) -> Key:
        """That of its server's service time."""
        return () if self._model is None else (SERVERS, self.server, "modelled", *self._model.alone_key)

    @classmethod
    def takes_time(cls, options: Mapping[str, Any]) -> bool:
        """As those of a modelled one; `options` are those of its server."""
        return ModelledGateway.takes_time(options)
