"""A model of an inference server, as a scenario says it."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self, final

from pydantic import Field, field_validator, model_validator

from line_sim.scenario.fields import Duration, Key, Rate, Record, Units, duration_or_none, refuse
from line_sim.scenario.gateways.batching import Batching, Service
from line_sim.scenario.gateways.kind import OfflineKind
from line_sim.scenario.gateways.sharing import Idle, Rest, Sharing
from line_sim.scenario.measured.columns import LONGEST_ANSWER_UNASKED, ColumnError
from line_sim.scenario.times import Empirical, Time
from line_sim.scenario.words import time_text
from line_sim.units import duration_text


class ModelledOptions(Record):
    """An inference server as a queue with a service time and rates of error."""

    service: Service = Field(
        description="What one answer takes when nothing is before it, or a batch of them, by its size."
    )
    servers: Units = Field(1, description="Answers, or batches of them, that are worked on at the same time.")
    after_deadline: Literal["stops", "keeps_computing"] = Field(
        "stops", description="Whether the server drops a call past its deadline or finishes it all the same."
    )
    miss_rate: Rate = Field(0.0, description="The share of defective parts it calls good, 0 to 1.")
    false_alarm_rate: Rate = Field(0.0, description="The share of good parts it calls defective, 0 to 1.")
    batching: Batching | None = Field(
        None, description="How requests are worked on together; one by one where absent."
    )
    sharing: Sharing | None = Field(
        None, description="How calls share the processors; each has a server of its own where absent."
    )
    idle: Rest | None = Field(
        None,
        description="What a call takes more that comes after a while without any, or a list of that; nothing "
        "where absent.",
    )
    overhead: Duration = Field(
        0, description="What every answer takes beside, on its way there and back; it keeps no server busy."
    )

    @property
    def alone(self) -> Time:
        """What a request takes that is alone in its batch."""
        return self.service[1] if isinstance(self.service, dict) else self.service

    @property
    def alone_key(self) -> Key:
        """The key path of that time."""
        return ("service", "1") if isinstance(self.service, dict) else ("service",)

    @property
    def times(self) -> Mapping[int, Time]:
        """What a batch takes by its size; a time of size 1 alone is that of every size."""
        return self.service if isinstance(self.service, dict) else {1: self.service}

    @property
    def most(self) -> int:
        """The most requests that are worked on together."""
        return 1 if self.batching is None else self.batching.max

    @property
    def batches(self) -> bool:
        """Whether requests are worked on together at all."""
        return self.most > 1

    @property
    def shared(self) -> Sharing | None:
        """How its calls are worked on side by side, where one that comes may change what others take.

        None of a server whose answer is known as soon as a call is put, and of one that batches. One that has
        to wake up is no such server: its servers are places then, none of which slows the others.
        """
        if self.sharing is not None:
            return self.sharing
        return None if self.idle is None else Sharing.of_servers(self.servers)

    @property
    def rests(self) -> tuple[Idle, ...]:
        """After which rests a call takes how much more, the shortest first."""
        if self.idle is None:
            return ()
        return self.idle if isinstance(self.idle, tuple) else (self.idle,)

    @property
    def places(self) -> int:
        """How many calls, or batches of them, are worked on at the same time."""
        return self.servers if self.sharing is None else self.sharing.places

    def capacity(self, calls: int) -> float:
        """Return how much lone work a second can be done where so many calls may be out, without batching."""
        return float(self.servers) if self.sharing is None else self.sharing.most(calls)

    @property
    def one_server_more(self) -> dict[str, object]:
        """What else is said where there is one server more: a worker, or a second server that shares."""
        if self.sharing is None:
            return {"servers": self.servers + 1}
        return {"sharing": self.sharing.twice}

    @field_validator("service", mode="after")
    @classmethod
    def _ask_what_is_long(cls, service: Service) -> Service:
        times = service.items() if isinstance(service, dict) else [(None, service)]
        for size, time in times:
            if isinstance(time, Empirical):
                try:
                    time.ask_beyond(LONGEST_ANSWER_UNASKED)
                except ColumnError as error:
                    key: Key = (
                        (Empirical.kind, error.part) if size is None else (str(size), time.kind, error.part)
                    )
                    refuse("ModelledOptions", [(key, str(error), time.column)])
        return service

    @model_validator(mode="after")
    def _knows_every_size(self) -> Self:
        times = self.service
        if isinstance(times, dict) and self.most > max(times):
            message = f"it must be at most {max(times)}, the largest size whose time service gives"
            refuse("ModelledOptions", [(("batching", "max"), message, self.most)])
        return self

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        broken = [*_beside_sharing(self), *_beside_idle(self)]
        if broken:
            refuse("ModelledOptions", broken)
        return self


def _beside_sharing(options: ModelledOptions) -> Iterator[tuple[Key, str, object]]:
    """Yield what does not go together with sharing."""
    if options.sharing is None:
        return
    if options.servers > 1:
        servers = options.servers
        instead = f"sharing: {{places: {servers}, speed: {{1: 1, {servers}: {servers}}}}}"
        message = f"it must be absent beside sharing; {servers} servers that share nothing are {instead}"
        yield ("servers",), message, servers
    if options.batching is not None:
        yield ("batching",), "it must be absent beside sharing: calls are put together or share", "batching"
    if isinstance(options.service, dict):
        yield ("service",), "it must be one time beside sharing; sizes are those of batches", "service"


def _beside_idle(options: ModelledOptions) -> Iterator[tuple[Key, str, object]]:
    """Yield what does not go together with a time to wake up."""
    if options.idle is None:
        return
    if options.batching is not None:
        yield ("idle",), "it must be absent beside batching: what a batch takes more is not modelled", "idle"
    if options.sharing is None and isinstance(options.service, dict):
        yield ("service",), "it must be one time beside idle; sizes are those of batches", "service"


def model_words(options: ModelledOptions) -> str:
    """Tell a model's time, and how many requests it works on together."""
    together = f", up to {options.most} together" if options.batches else ""
    if options.sharing is not None:
        together = f", up to {options.sharing.places} side by side"
    way = f", {duration_text(options.overhead)} on the way" if options.overhead else ""
    return f"{time_text(options.alone)}{together}{way}"


@final
class ModelledGateway(OfflineKind):
    """A modelled server; no real one is needed."""

    modelled: ModelledOptions = Field(description="A modelled server; no real one is needed.")

    @property
    def words(self) -> str:
        """That it is a model, and its service time."""
        return f"a model ({model_words(self.modelled)})"

    @property
    def model(self) -> ModelledOptions:
        """Itself."""
        return self.modelled

    @property
    def answer_key(self) -> Key:
        """That of its service time."""
        return "gateway", "modelled", *self.modelled.alone_key

    @classmethod
    def takes_time(cls, options: Mapping[str, Any]) -> bool:
        """It does, unless its service time is 0, and nothing is beside it."""
        service = options.get("service", 0)
        times = service.values() if isinstance(service, Mapping) else [service]
        return any(duration_or_none(time) != 0 for time in (*times, options.get("overhead", 0)))
