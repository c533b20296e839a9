"""Settings come from the environment, a `.env` file or secret files; mistakes are named, values are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from sf_handoff.adapters.settings import (
    PREFIX,
    Settings,
    data_folder,
    read_settings,
    required,
    required_for_tickets,
)
from sf_handoff.errors import Misconfigured

# For every setting: what stands in the environment, and what it is read as.
GIVEN: dict[str, tuple[str, object]] = {
    "org": ("https://veterans.my.salesforce.com/", "https://veterans.my.salesforce.com"),
    "auth": ("client_credentials", "client_credentials"),
    "client_id": ("3MVG9.example", "3MVG9.example"),
    "username": ("handoff@example.com", "handoff@example.com"),
    "private_key_file": ("/run/key.pem", Path("/run/key.pem")),
    "client_secret": ("canary-secret", SecretStr("canary-secret")),
    "audience": ("https://test.salesforce.com", "https://test.salesforce.com"),
    "api_version": ("67.0", "67.0"),
    "ca_file": ("/run/ca.pem", Path("/run/ca.pem")),
    "allowed_hosts": (".example.com, .example.org", ".example.com, .example.org"),
    "store": ("sqlite:////run/store.sqlite3", "sqlite:////run/store.sqlite3"),
    "encryption_keys": ("k1:canary-key", SecretStr("k1:canary-key")),
    "dial_codes": ("on", True),
    "hold_out": ("0.25", 0.25),
    "send_after_pop": ("false", False),
    "keep_delivered_days": ("7", 7),
    "keep_parked_days": ("14", 14),
    "crm_context_days": ("60", 60),
    "token_keys": ("app-1:HS256:canary-key", SecretStr("app-1:HS256:canary-key")),
    "token_issuer": ("https://api.example.com", "https://api.example.com"),
    "token_audience": ("sf-handoff", "sf-handoff"),
    "report_id": ("00O000000000001AAA", "00O000000000001AAA"),
    "tracker": ("zenhub", "zenhub"),
    "github_url": ("https://ghe.example.com/api/v3/", "https://ghe.example.com/api/v3"),
    "github_repo": ("example-agency/hotline-issues", "example-agency/hotline-issues"),
    "github_token": ("canary-github", SecretStr("canary-github")),
    "github_pace": ("2.5", 2.5),
    "zenhub_url": ("https://zenhub.example.com/public/graphql", "https://zenhub.example.com/public/graphql"),
    "zenhub_workspace": ("5f00000000000000000000e1", "5f00000000000000000000e1"),
    "zenhub_token": ("canary-zenhub", SecretStr("canary-zenhub")),
    "answer_authors": ("avery-analyst", "avery-analyst"),
    "webhook_secret": ("canary-webhook", SecretStr("canary-webhook")),
    "timezone": ("America/Chicago", "America/Chicago"),
    "mappings": ("ourmaps", "ourmaps"),
}
SECRETS = (
    "client_secret", "encryption_keys", "token_keys", "github_token", "zenhub_token", "webhook_secret",
)  # fmt: skip


def put(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(PREFIX + name.upper(), value)


def wrong(**changes: object) -> str:
    with pytest.raises(Misconfigured) as refused:
        read_settings(**changes)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    return str(refused.value)


def values(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in GIVEN}


def test_every_setting_is_tried_here() -> None:
    files = {f"{name}_file" for name in SECRETS}
    assert set(GIVEN) == set(Settings.model_fields) - files


def test_every_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, **{name: text for name, (text, _) in GIVEN.items()})
    assert values(read_settings()) == {name: value for name, (_, value) in GIVEN.items()}


def test_every_setting_comes_from_a_file(tmp_path: Path) -> None:
    lines = [f'{PREFIX}{name.upper()}="{text}"' for name, (text, _) in GIVEN.items()]
    (tmp_path / ".env").write_text("\n".join(["# ours", "PATH_OF_OTHERS=1", *lines]), "utf-8")
    assert values(read_settings()) == {name: value for name, (_, value) in GIVEN.items()}


def test_the_environment_goes_before_the_file_and_arguments_before_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(f"{PREFIX}USERNAME=file\n{PREFIX}CLIENT_ID=file\n{PREFIX}AUDIENCE=file\n")
    put(monkeypatch, username="environment", client_id="environment")
    settings = read_settings(username="argument")
    assert (settings.username, settings.client_id, settings.audience) == ("argument", "environment", "file")


def test_an_empty_setting_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("".join(f"{PREFIX}{name.upper()}=\n" for name in GIVEN))
    put(monkeypatch, hold_out="", private_key_file="")
    assert values(read_settings()) == values(Settings.model_construct())


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, **{name: GIVEN[name][0] for name in SECRETS})
    settings = read_settings()
    assert "canary" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


# Secrets from files


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("told_by", ["environment", "file"])
def test_a_secret_may_come_from_a_file(
    name: str, told_by: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("sécret\n", "utf-8")
    if told_by == "environment":
        put(monkeypatch, **{f"{name}_file": str(tmp_path / "secret")})
    else:
        (tmp_path / ".env").write_text(f"{PREFIX}{name.upper()}_FILE={tmp_path / 'secret'}\n")
    assert getattr(read_settings(), name).get_secret_value() == "sécret"


def test_a_secret_itself_goes_before_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file")
    put(monkeypatch, client_secret="itself", client_secret_file=str(tmp_path / "secret"))
    assert read_settings().client_secret.get_secret_value() == "itself"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_file_that_cannot_be_read_is_named(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "canary-binary").write_bytes(b"\xff\xfe canary")
    for path in ("canary-none", ".", "canary-binary"):
        put(monkeypatch, **{f"{name}_file": str(tmp_path / path)})
        message = wrong()
        assert message.startswith(f"{PREFIX}{name.upper()}_FILE: ")
        assert "canary" not in message


# Mistakes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("org", "http://canary.my.salesforce.com"),
        ("org", "canary.my.salesforce.com"),
        ("org", "https://"),
        ("org", "https://[canary"),
        ("auth", "password-canary"),
        ("dial_codes", "canary"),
        ("hold_out", "canary"),
        ("hold_out", "-0.01"),
        ("hold_out", "1.01"),
        ("hold_out", "nan"),
        ("tracker", "canary"),
        ("github_url", "http://canary.example.com"),
        ("zenhub_url", "canary.example.com/public/graphql"),
        ("github_repo", "canary"),
        ("github_repo", "canary/of/three"),
        ("github_repo", "canary/../up"),
        ("github_repo", "canary/.."),
        ("github_pace", "-1"),
    ],
)
def test_a_mistake_is_named_and_not_repeated(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, **{name: value})
    message = wrong()
    assert message.startswith(f"{PREFIX}{name.upper()}: ")
    assert "canary" not in message


def test_a_mistake_in_an_argument_is_not_repeated_either() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(auth="canary", client_secret={"canary": 1})  # type: ignore[arg-type]
    assert "canary" not in str(refused.value)


def test_all_mistakes_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, org="http://canary", hold_out="2")
    message = wrong(auth="canary")
    assert [f"{PREFIX}{name}: " in message for name in ("ORG", "HOLD_OUT", "AUTH")] == [True] * 3
    assert "canary" not in message


def test_a_settings_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"SF_HANDOFF_ORG=canary\xff")
    message = wrong()
    assert ".env" in message
    assert "canary" not in message


def test_without_an_org_demo_is_named() -> None:
    with pytest.raises(Misconfigured, match=f"{PREFIX}ORG is not set.*sf-handoff demo"):
        required(read_settings())


@pytest.mark.parametrize(
    ("auth", "wanted"),
    [
        ("jwt", ["CLIENT_ID", "USERNAME", "PRIVATE_KEY_FILE"]),
        ("client_credentials", ["CLIENT_ID", "CLIENT_SECRET"]),
    ],
)
def test_all_that_is_missing_to_sign_in_is_named(auth: str, wanted: list[str]) -> None:
    settings = read_settings(org="https://veterans.my.salesforce.com", auth=auth)
    with pytest.raises(Misconfigured) as refused:
        required(settings)
    names, _, rest = str(refused.value).partition(": ")
    assert names == ", ".join(PREFIX + name for name in wanted)
    assert f"AUTH={auth}" in rest


def test_without_a_tracker_the_embedded_one_is_named() -> None:
    with pytest.raises(Misconfigured, match=f"{PREFIX}TRACKER is not set.*TRACKER=embedded"):
        required_for_tickets(read_settings(org="https://veterans.my.salesforce.com"))


@pytest.mark.parametrize(
    ("tracker", "wanted"),
    [
        ("github", ["GITHUB_REPO", "GITHUB_TOKEN"]),
        ("zenhub", ["GITHUB_REPO", "GITHUB_TOKEN", "ZENHUB_WORKSPACE", "ZENHUB_TOKEN"]),
    ],
)
def test_all_that_is_missing_for_tickets_is_named(tracker: str, wanted: list[str]) -> None:
    with pytest.raises(Misconfigured) as refused:
        required_for_tickets(read_settings(tracker=tracker))
    assert str(refused.value) == (
        f"{', '.join(PREFIX + name for name in wanted)}: not set, and TRACKER={tracker} needs it."
    )


@pytest.mark.parametrize(
    ("org", "tracker", "tracks"),
    [
        ("embedded", "", "embedded"),
        ("embedded", "github", "github"),
        ("", "embedded", "embedded"),
        ("", "", ""),
    ],
)
def test_beside_the_embedded_org_stands_the_embedded_tracker(org: str, tracker: str, tracks: str) -> None:
    settings = read_settings(org=org, tracker=tracker)
    assert settings.tracks == tracks
    if tracks == "embedded":
        required_for_tickets(settings)


def test_logins_are_the_same_in_any_case() -> None:
    assert read_settings(answer_authors=" Avery-Analyst ,robin-engineer,").authors == {
        "avery-analyst",
        "robin-engineer",
    }
    assert read_settings().authors == frozenset()


def test_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, **{name: text for name, (text, _) in GIVEN.items()})
    required(read_settings())
    required(read_settings(auth="jwt"))


# What follows from them


def test_nothing_defaults_to_a_real_system() -> None:
    settings = read_settings()
    assert (settings.org, settings.client_id, settings.username) == ("", "", "")
    assert not settings.embedded
    assert settings.hosts == (".my.salesforce.com", ".my.salesforce.mil")


@pytest.mark.parametrize(
    ("org", "asked", "codes"),
    [
        ("embedded", None, True),
        ("embedded", False, False),
        ("https://veterans.my.salesforce.com", None, False),
        ("https://veterans.my.salesforce.com", True, True),
    ],
)
def test_codes_are_on_with_the_embedded_org_alone(org: str, asked: bool | None, codes: bool) -> None:
    settings = read_settings(org=org, dial_codes=asked)
    assert settings.codes is codes
    assert settings.embedded is (org == "embedded")


def test_the_store_is_in_the_user_s_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data" / "sf_handoff"
    settings = read_settings()
    assert settings.store_url == f"sqlite:///{folder / 'store.sqlite3'}"
    assert settings.folder == folder == data_folder()
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder() == tmp_path / ".local" / "share" / "sf_handoff"


@pytest.mark.parametrize(
    ("store", "folder"),
    [
        ("sqlite:////var/lib/handoff/store.sqlite3", "/var/lib/handoff"),
        ("sqlite+pysqlite:////var/lib/handoff/store.sqlite3", "/var/lib/handoff"),
        ("sqlite:///here/store.sqlite3", "here"),
        ("postgresql+psycopg://user@db.example.com/store", "data/sf_handoff"),
    ],
)
def test_what_belongs_to_the_store_is_beside_it(store: str, folder: str, tmp_path: Path) -> None:
    assert read_settings(store=store).folder == tmp_path / folder


def test_hosts_are_separated_by_commas() -> None:
    assert read_settings(allowed_hosts=" .example.com, ,.example.org,").hosts == (
        ".example.com",
        ".example.org",
    )
