"""Who is signed in: the identity URL of a token answer, and OpenID Connect's userinfo.

A token that is missing or not accepted gets a 403 and one word in plain text, unlike in the REST API.
https://help.salesforce.com/s/articleView?id=sf.remoteaccess_using_openid.htm
"""

from __future__ import annotations

from typing import Any

from sf_handoff.embedded.http import Answer
from sf_handoff.embedded.ids import normal
from sf_handoff.embedded.oauth import check_session
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.router import LAST

WORD = "text/html;charset=UTF-8"
DATA = {
    "rest": "",
    "sobjects": "sobjects/",
    "search": "search/",
    "query": "query/",
    "recent": "recent/",
    "tooling_rest": "tooling/",
    "feeds": "chatter/feeds",
    "groups": "chatter/groups",
    "users": "chatter/users",
    "feed_items": "chatter/feed-items",
    "feed_elements": "chatter/feed-elements",
}
SOAP = {"enterprise": "c", "metadata": "m", "partner": "u", "tooling_soap": "T"}


def userinfo(org: Org, authorization: str, base: str) -> Answer:
    return _refused(org, authorization) or Answer(200, _userinfo(org, base))


def identity(org: Org, authorization: str, base: str, ids: tuple[str, str], version: str) -> Answer:
    """`ids` are the organization's and the user's in the URL, `version` the one to put into the others."""
    organization, user = (normal(each) for each in ids)
    if refused := _refused(org, authorization):
        return refused
    if organization != org.organization_id:
        return _word(403, "Wrong_Org")
    if user != org.user_id:
        return _word(404, "Bad_Id")
    return Answer(200, _identity(org, base, f"{LAST}.0" if version == "latest" else version or "{version}"))


def _refused(org: Org, authorization: str) -> Answer | None:
    if not authorization:
        return _word(403, "Missing_OAuth_Token")
    try:
        check_session(org, authorization)
    except Refusal:
        return _word(403, "Bad_OAuth_Token")
    return None


def _word(status: int, word: str) -> Answer:
    return Answer(status, word, media=WORD)


def _userinfo(org: Org, base: str) -> dict[str, Any]:
    user = _user(org)
    photos = _photos(base)
    return {
        "sub": _id(org, base),
        "user_id": org.user_id,
        "organization_id": org.organization_id,
        "preferred_username": user["Username"],
        "nickname": user["CommunityNickname"],
        "name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "given_name": user["FirstName"],
        "family_name": user["LastName"],
        "zoneinfo": user["TimeZoneSidKey"],
        "photos": photos,
        "profile": f"{base}/{org.user_id}",
        "picture": photos["picture"],
        "address": {},
        "is_salesforce_integration_user": False,
        "urls": _urls(org, base, "{version}"),
        "active": bool(user["IsActive"]),
        "user_type": user["UserType"].upper(),
        "language": user["LanguageLocaleKey"],
        "locale": user["LocaleSidKey"],
        "utcOffset": _utc_offset(org),
        "updated_at": _changed(user),
    }


def _identity(org: Org, base: str, version: str) -> dict[str, Any]:
    user = _user(org)
    return {
        "id": _id(org, base),
        "asserted_user": True,
        "user_id": org.user_id,
        "organization_id": org.organization_id,
        "username": user["Username"],
        "nick_name": user["CommunityNickname"],
        "display_name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "first_name": user["FirstName"],
        "last_name": user["LastName"],
        "timezone": user["TimeZoneSidKey"],
        "photos": _photos(base),
        **dict.fromkeys(("addr_street", "addr_city", "addr_state", "addr_country", "addr_zip")),
        "mobile_phone": user["MobilePhone"],
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": _urls(org, base, version),
        "active": bool(user["IsActive"]),
        "user_type": user["UserType"].upper(),
        "language": user["LanguageLocaleKey"],
        "locale": user["LocaleSidKey"],
        "utcOffset": _utc_offset(org),
        "last_modified_date": _changed(user),
        "is_app_installed": True,
    }


def _id(org: Org, base: str) -> str:
    return f"{base}/id/{org.organization_id}/{org.user_id}"


def _user(org: Org) -> dict[str, Any]:
    sobject = org.schema.get("User")
    return dict(org.database.read(sobject, org.user_id) or {}) if sobject else {}


def _urls(org: Org, base: str, version: str) -> dict[str, str]:
    short = org.organization_id[:15]
    return {
        **{name: f"{base}/services/Soap/{kind}/{version}/{short}" for name, kind in SOAP.items()},
        **{name: f"{base}/services/data/v{version}/{below}" for name, below in DATA.items()},
        "profile": f"{base}/{org.user_id}",
        "custom_domain": base,
    }


def _photos(base: str) -> dict[str, str]:
    return {"picture": f"{base}/profilephoto/005/F", "thumbnail": f"{base}/profilephoto/005/T"}


def _utc_offset(org: Org) -> int:
    """Of standard time, in milliseconds."""
    local = org.clock().astimezone(org.timezone)
    offset, saved = local.utcoffset(), local.dst()
    return int((offset - saved).total_seconds() * 1000) if offset is not None and saved is not None else 0


def _changed(user: dict[str, Any]) -> str:
    return f"{user['LastModifiedDate'][:19]}Z"
