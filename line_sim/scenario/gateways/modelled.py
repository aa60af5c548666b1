"""A model of an inference server, as a scenario says it."""

from collections.abc import Mapping
from typing import Any, Literal, Self, final

from pydantic import Field, field_validator, model_validator

from line_sim.scenario.fields import Key, Rate, Record, Units, duration_or_none, refuse
from line_sim.scenario.gateways.batching import Batching, Service
from line_sim.scenario.gateways.kind import OfflineKind
from line_sim.scenario.measured.columns import LONGEST_ANSWER_UNASKED, ColumnError
from line_sim.scenario.times import Empirical, Time
from line_sim.scenario.words import time_text


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


def model_words(options: ModelledOptions) -> str:
    """Tell a model's time, and how many requests it works on together."""
    together = f", up to {options.most} together" if options.batches else ""
    return f"{time_text(options.alone)}{together}"


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
        """It does, unless its service time is 0."""
        service = options.get("service", 0)
        times = service.values() if isinstance(service, Mapping) else [service]
        return any(duration_or_none(time) != 0 for time in times)
