"""A model of an inference server, as a scenario says it."""

from collections.abc import Mapping
from typing import Any, Literal, final

from pydantic import Field, field_validator

from line_sim.scenario.fields import Rate, Record, Units, duration_or_none, refuse
from line_sim.scenario.gateways.kind import OfflineKind
from line_sim.scenario.measured.columns import LONGEST_ANSWER_UNASKED, ColumnError
from line_sim.scenario.times import Empirical, Time
from line_sim.scenario.words import time_text


class ModelledOptions(Record):
    """An inference server as a queue with a service time and rates of error."""

    service: Time = Field(description="What one answer takes when nothing is before it.")
    servers: Units = Field(1, description="Answers that are worked on at the same time.")
    after_deadline: Literal["stops", "keeps_computing"] = Field(
        "stops", description="Whether the server drops a call past its deadline or finishes it all the same."
    )
    miss_rate: Rate = Field(0.0, description="The share of defective parts it calls good, 0 to 1.")
    false_alarm_rate: Rate = Field(0.0, description="The share of good parts it calls defective, 0 to 1.")

    @field_validator("service", mode="after")
    @classmethod
    def _ask_what_is_long(cls, service: Time) -> Time:
        if isinstance(service, Empirical):
            try:
                service.ask_beyond(LONGEST_ANSWER_UNASKED)
            except ColumnError as error:
                refuse("ModelledOptions", [((Empirical.kind, error.part), str(error), service.column)])
        return service


@final
class ModelledGateway(OfflineKind):
    """A modelled server; no real one is needed."""

    modelled: ModelledOptions = Field(description="A modelled server; no real one is needed.")

    @property
    def words(self) -> str:
        """That it is a model, and its service time."""
        return f"a model ({time_text(self.modelled.service)})"

    @property
    def answer_time(self) -> Time:
        """Its service time."""
        return self.modelled.service

    @classmethod
    def takes_time(cls, options: Mapping[str, Any]) -> bool:
        """It does, unless its service time is 0."""
        return duration_or_none(options.get("service", 0)) != 0
