"""The OpenAPI description of `/api/v1`, from one table (Any below: JSON)."""

from __future__ import annotations

from typing import Any

STRING: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}

SUMMARY: dict[str, Any] = {
    "type": "object",
    "required": ["id", "key", "question", "url", "language", "updated_at"],
    "properties": {
        "id": WHOLE,
        "key": STRING,
        "question": STRING,
        "url": {**STRING, "format": "uri"},
        "language": STRING,
        "updated_at": {**STRING, "format": "date-time"},
    },
}
MATCH = {
    "allOf": [
        {"$ref": "#/components/schemas/Summary"},
        {
            "type": "object",
            "required": ["probability"],
            "properties": {"probability": {"type": "number", "minimum": 0, "maximum": 1}},
        },
    ]
}
ARTICLE = {
    "allOf": [
        {"$ref": "#/components/schemas/Summary"},
        {
            "type": "object",
            "required": ["phrasings", "category", "markdown", "html", "text", "version"],
            "properties": {
                "phrasings": {"type": "array", "items": STRING},
                "category": {"type": "array", "items": STRING},
                "markdown": STRING,
                "html": STRING,
                "text": STRING,
                "version": WHOLE,
            },
        },
    ]
}
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": STRING, "message": STRING},
        }
    },
}
TICKET_IN = {
    "type": "object",
    "required": ["text", "mail"],
    "properties": {
        "text": {**STRING, "minLength": 1, "maxLength": 20000},
        "mail": {**STRING, "format": "email", "maxLength": 254},
        "name": {**STRING, "maxLength": 120},
        "subject": {**STRING, "maxLength": 300},
    },
}
TICKET_OUT = {
    "type": "object",
    "required": ["number", "state", "url"],
    "properties": {"number": STRING, "state": STRING, "url": STRING},
}


def _list(ref: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{ref}"}}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _query(name: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _answers(schema: dict[str, Any], *others: int, status: int = 200) -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": schema}}}
    error = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    answers = {str(status): {"description": "done", **body}}
    answers |= {str(code): {"description": "refused", **error} for code in (*others, 429, 503)}
    return answers


_Q = _query("q", {**STRING, "minLength": 1, "maxLength": 4000}, required=True)
_LIMIT = {**WHOLE, "minimum": 1}

PATHS: dict[str, Any] = {
    "/articles": {
        "get": {
            "operationId": "listArticles",
            "summary": "Public answers in order of id",
            "parameters": [
                _query("limit", {**_LIMIT, "maximum": 100}),
                _query("after", {**WHOLE, "minimum": 0}),
                _query("category", STRING),
            ],
            "responses": _answers(
                _object(articles=_list("Summary"), next={"type": ["integer", "null"]}), 400, 404
            ),
        }
    },
    "/articles/{id}": {
        "get": {
            "operationId": "getArticle",
            "summary": "One public answer",
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": WHOLE}],
            "responses": _answers({"$ref": "#/components/schemas/Article"}, 404),
        }
    },
    "/search": {
        "get": {
            "operationId": "search",
            "summary": "Answers ranked for a question",
            "parameters": [_Q, _query("limit", {**_LIMIT, "maximum": 50})],
            "responses": _answers(_object(question=STRING, matches=_list("Match")), 400),
        }
    },
    "/ask": {
        "get": {
            "operationId": "ask",
            "summary": "Whether a question can be answered, and the answer",
            "parameters": [_Q],
            "responses": _answers(
                _object(
                    question=STRING,
                    band={"enum": ["answer", "suggest", "human"]},
                    answer={"type": ["string", "null"]},
                    matches=_list("Match"),
                ),
                400,
            ),
        }
    },
    "/tickets": {
        "post": {
            "operationId": "postTicket",
            "summary": "Open a ticket",
            "security": [{"token": []}],
            "parameters": [
                {"name": "Idempotency-Key", "in": "header", "required": False, "schema": STRING}
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": TICKET_IN}},
            },
            "responses": _answers(TICKET_OUT, 400, 401, 403, 413, status=201)
            | {"200": {"description": "known already", **_answers(TICKET_OUT)["200"]}},
        }
    },
}


def document(base_url: str) -> dict[str, Any]:
    """Return the description (OpenAPI 3.1)."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wenqu", "version": "1"},
        "servers": [{"url": f"{base_url}/api/v1"}],
        "paths": PATHS,
        "components": {
            "schemas": {"Summary": SUMMARY, "Match": MATCH, "Article": ARTICLE, "Error": ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
