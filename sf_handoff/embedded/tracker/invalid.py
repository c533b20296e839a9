"""What GitHub does not take, whichever of the two APIs it came by."""

from __future__ import annotations

LONGEST_BODY = 65_536
LONGEST_TITLE = 256


class Invalid(Exception):
    """One field of one resource. `code` is GitHub's: missing_field, invalid, already_exists, custom."""

    def __init__(self, resource: str, field: str, code: str, message: str = "") -> None:
        super().__init__(code)
        self.error = {"resource": resource, "field": field, "code": code}
        if message:
            self.error["message"] = message


def check_title(title: object) -> str:
    """The title, if an issue may have it."""
    if not isinstance(title, str) or not title.strip():
        raise Invalid("Issue", "title", "missing_field")
    if len(title) > LONGEST_TITLE:
        raise Invalid(
            "Issue", "title", "custom", f"title is too long (maximum is {LONGEST_TITLE} characters)"
        )
    return title


def check_body(body: object, resource: str = "Issue") -> str | None:
    """The body, if an issue or a comment may have it."""
    if body is not None and not isinstance(body, str):
        raise Invalid(resource, "body", "invalid", "body is not a string")
    if body and len(body) > LONGEST_BODY:
        message = f"body is too long (maximum is {LONGEST_BODY} characters)"
        raise Invalid(resource, "body", "custom", message)
    return body
