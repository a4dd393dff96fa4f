"""A message before it is sent: what renderers return, whoever sends it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from io import BytesIO

import discord

from bot import markup
from bot.images import CheckedImage


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; *description* is read out by screen readers."""

    name: str
    data: bytes
    description: str | None = None

    def to_file(self) -> discord.File:
        return discord.File(BytesIO(self.data), filename=self.name, description=self.description)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a message says. Nobody is mentioned but the users and roles named here."""

    content: str = ""
    embeds: tuple[discord.Embed, ...] = ()
    rows: tuple[discord.ui.Item[discord.ui.View], ...] = ()
    files: tuple[Attachment, ...] = ()
    mention_users: frozenset[int] = field(default_factory=frozenset[int])
    mention_roles: frozenset[int] = field(default_factory=frozenset[int])
    # Of an edit: whether the attachments that are there stay (files are then ignored) or are replaced by these.
    keep_files: bool = True

    @classmethod
    def post(
        cls,
        embed: discord.Embed,
        rows: Iterable[discord.ui.Item[discord.ui.View]],
        *,
        ping: int | None,
        picture: CheckedImage | None,
        new_picture: bool,
        further: tuple[Attachment, ...] = (),
    ) -> "Outgoing":
        """Return a public post: it mentions the role *ping* and nobody else.

        ``new_picture`` is whether an edit replaces the picture, with the *further* files, or leaves what is there.
        """
        files = () if picture is None else (Attachment(picture.name, picture.data),)
        return cls(
            content="" if ping is None else markup.role(ping),
            embeds=(embed,),
            rows=tuple(rows),
            files=(*files, *further),
            mention_roles=frozenset() if ping is None else frozenset((ping,)),
            keep_files=not new_picture,
        )

    def marked(self, marker: str, address: str) -> "Outgoing":
        """Return the same message with *marker* where only the dispatcher looks: the fragment of an embed's address.

        *address* is used where the embed has none of its own, as the title becomes a link to it.
        """
        if not self.embeds:
            raise ValueError("a delivered message needs an embed to carry its marker")
        first = self.embeds[0].copy()
        first.url = f"{first.url or address}#{marker}"
        return replace(self, embeds=(first, *self.embeds[1:]))

    def allowed_mentions(self) -> discord.AllowedMentions:
        return discord.AllowedMentions(
            everyone=False,
            users=[discord.Object(user_id) for user_id in self.mention_users],
            roles=[discord.Object(role_id) for role_id in self.mention_roles],
            replied_user=False,
        )

    def view(self) -> discord.ui.View | None:
        """Build the components; already stopped, so that discord.py does not keep every view ever sent in memory."""
        if not self.rows:
            return None
        view = discord.ui.View(timeout=None)
        for item in self.rows:
            view.add_item(item)
        view.stop()
        return view


def markers(embeds: Iterable[discord.Embed]) -> frozenset[str]:
    """Return what :meth:`Outgoing.marked` left in the embeds of a message."""
    urls = (embed.url or "" for embed in embeds)
    return frozenset(url.rpartition("#")[2] for url in urls if "#" in url)
