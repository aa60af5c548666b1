"""What every kind of gateway must say of itself.

Each kind is written as a mapping with one key, which holds its options. It is a final class, so that one
which leaves something out is an error of the type checker.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from line_sim.scenario.fields import Key, Record
from line_sim.scenario.gateways.servers import ServerOptions
from line_sim.scenario.times import Time
from line_sim.units import Nanoseconds

if TYPE_CHECKING:
    from line_sim.scenario.gateways.modelled import ModelledOptions

Form: TypeAlias = Literal["grpc", "rest"]
"""What carries a call to a server."""

Protocol: TypeAlias = Literal["serving", "kserve"]
"""What is said in it: TensorFlow Serving's API, or KServe's v2 protocol."""

SERVING: Protocol = "serving"


class GatewayKind(Record):
    """One kind of what answers; its only key is its name."""

    live: ClassVar[bool]
    """Whether wall-clock time passes while it answers."""

    @property
    @abstractmethod
    def words(self) -> str:
        """What a station waits for, in a few words: `inception_v3 at HOST:8500`."""

    @property
    @abstractmethod
    def model(self) -> "ModelledOptions | None":
        """The modelled server that answers; None where another does."""

    @property
    def answer_time(self) -> Time | None:
        """What one answer takes where the scenario itself says so, without the overhead."""
        return None if self.model is None else self.model.alone

    @property
    def overhead(self) -> Nanoseconds:
        """What every answer takes beside that, in ns, as far as the scenario says it."""
        return 0 if self.model is None else self.model.overhead

    @property
    def answer_key(self) -> Key:
        """The key path of that time: from the inspection on, or from the scenario on with `servers` first."""
        return ()

    @classmethod
    @abstractmethod
    def takes_time(cls, options: Mapping[str, Any]) -> bool:
        """Whether an answer is known to take line time; `options` as they are written, wrong ones too."""


class LiveKind(GatewayKind):
    """A kind that asks real servers."""

    live = True
    protocol: ClassVar[Protocol] = SERVING
    """What its servers are asked in."""

    @property
    @abstractmethod
    def form(self) -> Form:
        """What carries its calls, and so which port of an embedded server it needs."""

    @property
    @abstractmethod
    def server(self) -> ServerOptions:
        """What its calls need to know."""

    @property
    def words(self) -> str:
        """The model and where it is served."""
        where = "(embedded)" if self.server.embedded else f"at {', '.join(self.server.addresses)}"
        return f"{self.server.model} {where}"

    @property
    def model(self) -> None:
        """None does."""

    @classmethod
    def takes_time(cls, options: Mapping[str, Any]) -> bool:  # noqa: ARG003 - whatever they are
        """Every real answer does."""
        return True


class OfflineKind(GatewayKind):
    """A kind that needs no server: no wall-clock time passes while it answers."""

    live = False
