"""The description of the interface for programs (OpenAPI 3.1); a test compares it with the routes."""

from typing import Any

_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_PROBLEM = {"description": "What was wrong, in the language of Accept-Language (pl or en).", "content": {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_REFUSALS = dict.fromkeys(("401", "403", "404", "413", "422", "429"), _PROBLEM)
_REQUEST = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Request"}}}}

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Okienko", "version": "1", "description": "Registering requests and seeing where they stand."},
    "security": [{"token": []}],
    "paths": {
        "/api/openapi.json": {"get": {
            "summary": "This description", "security": [], "responses": {"200": {"description": "OpenAPI 3.1"}}}},
        "/api/requests": {"post": {
            "summary": "Register a request",
            "description": "Answers that are missing are asked of the client afterwards; wrong ones are refused. "
                           "The same Idempotency-Key gives the same request for seven days.",
            "parameters": [{"name": "Idempotency-Key", "in": "header", "required": False,
                            "schema": {"type": "string", "maxLength": 50}}],
            "requestBody": {"required": True, "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/NewRequest"}},
                "multipart/form-data": {"schema": {"$ref": "#/components/schemas/NewRequestWithFiles"},
                                        "encoding": {"request": {"contentType": "application/json"}}}}},
            "responses": {"201": {"description": "Registered", **_REQUEST},
                          "200": {"description": "Registered before with this key", **_REQUEST}, **_REFUSALS}}},
        "/api/requests/{number}": {"get": {
            "summary": "Where a request stands",
            "parameters": [{"name": "number", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": {"200": {"description": "The request", **_REQUEST}, **_REFUSALS}}},
    },
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "NewRequest": {"type": "object", "required": ["service", "classification"], "properties": {
                "service": {"type": "string", "description": "Key of the service, as in the address of its page"},
                "classification": {"type": "string", "description": "Key of the classification"},
                "answers": {"type": "object", "description": "By key of the field; lists as arrays of objects"},
                "files": {"type": "array", "items": {"type": "object", "required": ["field", "name", "content"],
                    "properties": {"field": {"type": "string"}, "name": {"type": "string"},
                                   "content": {"type": "string", "contentEncoding": "base64"}}}}}},
            "NewRequestWithFiles": {"type": "object", "required": ["request"], "properties": {
                "request": {"$ref": "#/components/schemas/NewRequest"}},
                "description": "Every other part is a file, called by the key of the field it belongs to; a field may "
                               "have several. The same limits and the same virus scanner as for the pages.",
                "additionalProperties": {"type": "array", "items": {
                    "type": "string", "contentMediaType": "application/octet-stream"}}},
            "Request": {"type": "object", "properties": {
                "number": {"type": "string"}, "subject": {"type": "string"}, "status": {"type": "string"},
                "outcome": {"type": ["string", "null"]}, "opened_at": _MOMENT, "due_at": _MOMENT,
                "solution": {"type": ["string", "null"]}, "waits_for_you": {"type": "boolean"},
                "is_complete": {"type": "boolean"}, "page": {"type": "string", "format": "uri"},
                "steps": {"type": "array", "items": {"type": "object", "properties": {
                    "name": {"type": "string"}, "state": {"enum": ["done", "now", "next", "skipped"]}, "at": _MOMENT}}},
                "messages": {"type": "array", "items": {"type": "object", "properties": {
                    "kind": {"type": "string"}, "text": {"type": "string"}, "at": _MOMENT,
                    "is_yours": {"type": "boolean"}}}}}},
            "Problem": {"type": "object", "properties": {
                "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                "detail": {"type": "string"}, "errors": {"type": "array", "items": {
                    "type": "object", "properties": {"field": {"type": "string"}, "message": {"type": "string"}}}}}},
        },
    },
}
