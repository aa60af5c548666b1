"""What every random time has in common: how it is written, and how it is told."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import GetJsonSchemaHandler, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from line_sim.scenario.fields import Record


class Distribution(Record):
    """A random time, written as `{kind: {...}}`."""

    kind: ClassVar[str]

    @property
    def words(self) -> str:
        """What it is, as it is told in front of its mean."""
        return self.kind

    @model_validator(mode="before")
    @classmethod
    def _read(cls, written: Any) -> Any:
        return written[cls.kind] if isinstance(written, Mapping) and set(written) == {cls.kind} else written

    @model_serializer(mode="wrap")
    def _write(self, inner: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {self.kind: inner(self)}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the mapping as it is written, with the kind around the parameters."""
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        inner = dict(schema)
        schema.clear()
        schema.update(type="object", title=cls.__name__, description=inner["description"])
        schema.update(properties={cls.kind: inner}, required=[cls.kind], additionalProperties=False)
        return reference
