"""What the org refuses, in the words and shapes of Salesforce.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

from typing import Any

STATUS = {
    "ENTITY_IS_DELETED": 404,
    "INVALID_SESSION_ID": 401,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_FOUND": 404,
}


class Refusal(Exception):
    """An answer of 400 or more. The message may quote a record, so it is kept out of `str()`."""

    def __init__(
        self, code: str, message: str, *, fields: tuple[str, ...] | None = None, status: int | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status or STATUS.get(code, 400)
        self.error: dict[str, Any] = {"message": message, "errorCode": code}
        if fields is not None:
            self.error["fields"] = list(fields)

    @property
    def body(self) -> list[dict[str, Any]]:
        return [self.error]


def not_found() -> Refusal:
    """Recorded with the code first, unlike every other refusal."""
    refusal = Refusal("NOT_FOUND", "")
    refusal.error = {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
    return refusal


def no_such_key(name: str) -> Refusal:
    return Refusal("NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")


def no_such_column(name: str, sobject: str) -> Refusal:
    return Refusal("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject}")


def not_to_be_specified(name: str) -> Refusal:
    return Refusal("INVALID_FIELD", f"The {name} field should not be specified in the sobject data.")


def read_only(names: tuple[str, ...]) -> Refusal:
    return Refusal(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings of this "
        "field and verify that it is read/write for your profile or permission set.",
        fields=names,
    )


def no_such_record() -> Refusal:
    return Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=())


def too_many(most: int) -> Refusal:
    message = f"record limit reached. cannot submit more than {most} records into this call"
    return Refusal("EXCEEDED_ID_LIMIT", message)


def not_allowed(done: str, sobject: str) -> Refusal:
    """Not recorded: the words for an sObject whose records are not to be written so."""
    message = f"entity type cannot be {done}: {sobject}"
    return Refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, fields=())


def missing(names: tuple[str, ...]) -> Refusal:
    return Refusal(
        "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", fields=names
    )


def entity_is_deleted(*, status: int = 404) -> Refusal:
    return Refusal("ENTITY_IS_DELETED", "entity is deleted", fields=(), status=status)


def wrong_id(code: str, label: str, value: str, field: str) -> Refusal:
    return Refusal(code, f"{label}: id value of incorrect type: {value}", fields=(field,))


def unsupported_media(media: str) -> Refusal:
    message = f"Content-Type header specified in HTTP request is not supported: {media}"
    return Refusal("UNSUPPORTED_MEDIA_TYPE", message, status=415)


def not_json(message: str) -> Refusal:
    return Refusal("JSON_PARSER_ERROR", message)
