"""What the environment and ``.env`` configure: read once at the start, handed on as typed, frozen values."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Final, Self, TypeVar

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot import environment
from bot.beacon import PUBLIC_ENDPOINTS
from bot.environment import Chain, Listen, Wrong
from bot.refusal import Refusal
from bot.shape import abridged

DISCORD_API: Final = "https://discord.com/api/v10"

Choice = TypeVar("Choice", bound=StrEnum)


class SettingsError(Refusal):
    """The configuration cannot be used; the message is one English sentence that names the variable."""

    exit_code: ClassVar[int] = 2


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _read(parse: Callable[[str], object]) -> BeforeValidator:
    """Parse text; leave alone what is typed already, as in tests and the demo."""
    return BeforeValidator(lambda value: parse(value) if isinstance(value, str) else value)


def _or_off(parse: Callable[[str], object]) -> BeforeValidator:
    return _read(lambda text: None if environment.switched_off(text) else parse(text))


def _one_of(kind: type[Choice]) -> BeforeValidator:
    def parse(text: str) -> Choice:
        try:
            return kind(text.strip().lower())
        except ValueError:
            *others, last = (member.value for member in kind)
            raise Wrong(f"must be {', '.join(others)} or {last}, not {abridged(text)}") from None

    return _read(parse)


class Settings(BaseSettings):
    """Everything that can be configured, with the defaults; made by :func:`load`, or by hand in tests and the demo.

    A field's name in upper case is its variable, but for ``beacon_urls`` (``BEACON_URL``). The repr leaves out secrets
    and what may hold one.
    """

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True, validate_by_name=True)

    discord_token: Annotated[SecretStr | None, _read(environment.token)] = None
    database_url: Annotated[str, _read(environment.database_url)] = Field(
        default="sqlite+aiosqlite:///ikuzo.db", repr=False
    )
    discord_api_url: Annotated[str | None, _or_off(environment.api_url)] = None
    web_listen: Annotated[Listen | None, _or_off(environment.listen)] = None
    web_public_url: Annotated[str | None, _or_off(environment.public_url)] = None
    wallet_paste: Annotated[str | None, _or_off(environment.domain)] = None
    chains: Annotated[tuple[Chain, ...], _read(environment.chains)] = ()
    beacon_urls: Annotated[tuple[str, ...], _read(environment.beacon_urls)] = Field(
        default=PUBLIC_ENDPOINTS, validation_alias="BEACON_URL", repr=False
    )
    beacon_chain: Annotated[Path | None, _read(environment.beacon_chain)] = None
    discord_client_secret: Annotated[SecretStr | None, _read(environment.token)] = None
    shard_ids: Annotated[tuple[int, ...] | None, _read(environment.shard_ids)] = None
    shard_count: Annotated[int | None, _read(environment.shard_count)] = None
    log_format: Annotated[LogFormat, _one_of(LogFormat)] = LogFormat.TEXT
    log_level: Annotated[LogLevel, _one_of(LogLevel)] = LogLevel.INFO
    metrics_listen: Annotated[Listen | None, _or_off(environment.listen)] = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is passed and nothing else: only :func:`load` reads the environment."""
        return (init_settings,)

    @property
    def beacon_off(self) -> bool:
        """Whether draws do without a beacon."""
        return not self.beacon_urls

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Check the values that belong together."""
        if self.shard_ids is None:
            return self
        if self.shard_count is None:
            raise Wrong("is missing; SHARD_IDS needs it, for example 4", variable="SHARD_COUNT")
        if (last := self.shard_ids[-1]) >= self.shard_count:
            problem = f"names shard {last}, but SHARD_COUNT={self.shard_count} makes {self.shard_count - 1} the last"
            raise Wrong(problem, variable="SHARD_IDS")
        return self

    def token(self) -> str:
        """Return the bot's token; raises :class:`SettingsError` where there is none."""
        if self.discord_token is None:
            raise SettingsError(
                "DISCORD_TOKEN is missing: copy the bot's token from https://discord.com/developers/applications "
                "into the environment or into .env, as DISCORD_TOKEN=…"
            )
        return self.discord_token.get_secret_value()

    def secrets(self) -> tuple[str, ...]:
        """Return every text that must never be shown, longest first."""
        urls = [self.database_url, self.discord_api_url or "", *self.beacon_urls]
        urls += [url for chain in self.chains for url in chain.urls]
        found = {part for url in urls for part in environment.sensitive_parts(url)}
        found |= {secret.get_secret_value() for secret in (self.discord_token, self.discord_client_secret) if secret}
        return tuple(sorted(found, key=lambda text: (-len(text), text)))


class _Environment(Settings):
    """The settings as the environment gives them; an empty variable counts as none."""

    model_config = SettingsConfigDict(
        enable_decoding=False, env_ignore_empty=True, env_file_encoding="utf-8", extra="ignore"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, dotenv_settings


VARIABLES: Final = {name: "BEACON_URL" if name == "beacon_urls" else name.upper() for name in Settings.model_fields}
"""The variable of each field."""


def load(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment and *env_file*, where there is one; the environment goes first.

    Raises :class:`SettingsError`.
    """

    class _Here(_Environment):
        model_config = SettingsConfigDict(env_file=env_file)

    try:
        values = _Here()
    except ValidationError as error:
        raise SettingsError(_sentence(error.errors(include_url=False, include_input=False)[0])) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise SettingsError(f"The file {env_file} cannot be read: {reason}.") from None
    return Settings.model_construct(**{name: getattr(values, name) for name in Settings.model_fields})


def _sentence(problem: ErrorDetails) -> str:
    cause = problem.get("ctx", {}).get("error")
    place = str(problem["loc"][0]) if problem["loc"] else ""
    variable = VARIABLES.get(place, place.upper())
    if isinstance(cause, Wrong):
        return f"{cause.variable or variable} {cause}."
    return f"{variable} cannot be used: {problem['msg'].lower()}."
