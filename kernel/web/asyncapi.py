"""AsyncAPI 3 of one service, made from its facts: what it tells, on which topic, in which shape.

Not FastStream's own: that knows one message for a topic, and no headers.
"""

from collections import defaultdict
from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

from fastapi import APIRouter
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from kernel.event import Event
from kernel.web.service import Service

ALWAYS = (
    *("specversion", "id", "source", "type", "subject", "time", "partitionkey", "sequence"),
    *("schemaver", "epoch", "correlationid", "causationid", "actorid", "hash"),
)
SOMETIMES = ("actorrole", "actororg", "actorseat")
HEADERS = {
    "type": "object",
    "required": [f"ce_{name}" for name in ALWAYS],
    "properties": {f"ce_{name}": {"type": "string"} for name in (*ALWAYS, *SOMETIMES)},
}
KEY = {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}}


class Undiscriminating(GenerateJsonSchema):
    """OpenAPI's discriminator of a union is an object, AsyncAPI's a word: do without."""

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> dict[str, Any]:
        return {"oneOf": super().tagged_union_schema(schema)["oneOf"]}


def routes(service: Service, version: str = "1", prefix: str = "") -> APIRouter:
    router = APIRouter(prefix=f"/api/{service.name}", include_in_schema=False)
    told = document(service, version, prefix)

    @router.get("/asyncapi.json")
    async def asyncapi() -> dict[str, Any]:
        return told

    return router


def document(service: Service, version: str = "1", prefix: str = "") -> dict[str, Any]:
    """`prefix` stands before every topic, as in the settings."""
    told: dict[str, dict[str, type[Event]]] = defaultdict(dict)
    for handler in service.handlers:
        told[prefix + handler.stream.topic] |= handler.stream.facts.by_name
    kinds = [kind for facts in told.values() for kind in facts.values()]
    payloads, schemas = models_json_schema(
        [(kind, "serialization") for kind in kinds],
        ref_template="#/components/schemas/{model}",
        schema_generator=Undiscriminating,
    )
    return {
        "asyncapi": "3.0.0",
        "info": {"title": service.name, "version": version},
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic, facts) for topic, facts in told.items()},
        "operations": {
            f"tell-{topic}": {"action": "send", "channel": _ref("channels", topic)}
            for topic in told
        },
        "components": {
            "messages": {k.__name__: _message(k, payloads[k, "serialization"]) for k in kinds},
            "schemas": {**schemas.get("$defs", {}), "Headers": HEADERS},
        },
    }


def _channel(topic: str, facts: Mapping[str, type[Event]]) -> dict[str, Any]:
    return {"address": topic, "messages": {n: _ref("components", "messages", n) for n in facts}}


def _message(kind: type[Event], payload: Mapping[str, Any]) -> dict[str, Any]:
    name, version = kind.__name__, kind.schema_ver()
    fixed = {"ce_type": {"const": name}, "ce_schemaver": {"const": str(version)}}
    return {
        "name": name,
        "description": cleandoc(kind.__doc__ or ""),
        "headers": {
            "type": "object",
            "allOf": [_ref("components", "schemas", "Headers"), {"properties": fixed}],
        },
        "payload": payload,
        "bindings": KEY,
        "x-schema-version": version,
    }


def _ref(*steps: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(steps)}
