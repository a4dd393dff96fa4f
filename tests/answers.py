"""What the bot answered in the simulation, as people see it; and what they press, or forge, in it."""

from collections.abc import Sequence
from typing import Any

import discord
import simcord
from simcord.backend import serializers
from simcord.enums import ComponentType, InteractionType

Answer = simcord.InteractionResult | simcord.ResponseMessage | discord.Message


def say(answer: Answer) -> str:
    """Return everything an answer shows but its components: contents and embeds, of all its messages."""
    return "\n".join(line for message in messages(answer) for line in _lines(message))


def messages(answer: Answer) -> list[simcord.ResponseMessage | discord.Message]:
    """Return the messages of an answer, oldest first."""
    if not isinstance(answer, simcord.InteractionResult):
        return [answer]
    return [message for message in (answer.response, *answer.followups) if message is not None]


def shown(answer: Answer) -> simcord.ResponseMessage | discord.Message:
    """Return the last message of an answer: the one whose buttons are pressed."""
    return messages(answer)[-1]


def _lines(message: simcord.ResponseMessage | discord.Message) -> list[str]:
    lines = [message.content]
    for embed in message.embeds:
        lines += [embed.title or "", embed.description or ""]
        lines += [part for each in embed.fields for part in (each.name or "", each.value or "")]
        lines.append(embed.footer.text or "")
    return [line for line in lines if line]


def components(answer: Answer) -> list[dict[str, Any]]:
    """Return the buttons and selects under an answer, as Discord has them, in order."""
    message = shown(answer)
    rows = message.components if isinstance(message, simcord.ResponseMessage) else _raw(message)
    return [component for row in rows for component in row.get("components", [row])]


def _raw(message: discord.Message) -> list[dict[str, Any]]:
    return [dict(component.to_dict()) for component in message.components]


def labels(answer: Answer) -> list[str]:
    """Return what stands on the buttons and in the empty selects of an answer."""
    return [component.get("label") or component.get("placeholder") or "" for component in components(answer)]


def click_id(answer: Answer, kind: str) -> str:
    """Return the custom id that is *kind*, or else the one that begins with it."""
    ids = [str(component.get("custom_id", "")) for component in components(answer)]
    found = [each for each in ids if each == kind] or [each for each in ids if each.startswith(f"{kind}:")]
    assert len(found) == 1, f"{len(found)} components of kind {kind} among {ids}"
    return found[0]


async def press(actor: simcord.MemberActor, answer: Answer, kind: str) -> simcord.InteractionResult:
    """Press the one button of a kind under an answer."""
    return await actor.click(shown(answer), custom_id=click_id(answer, kind))


async def choose(actor: simcord.MemberActor, answer: Answer, kind: str, *values: Any) -> simcord.InteractionResult:
    """Choose in the one select of a kind under an answer: texts, or handles of members, roles, channels."""
    return await actor.select(shown(answer), values, custom_id=click_id(answer, kind))


async def forge(
    actor: simcord.MemberActor,
    channel: simcord.ChannelHandle,
    custom_id: str,
    *,
    values: Sequence[str] | None = None,
    message: Answer | None = None,
) -> simcord.InteractionResult:
    """Send a component interaction made by hand: any custom id, any values, from any member."""
    kind = ComponentType.BUTTON if values is None else ComponentType.STRING_SELECT
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": kind}
    if values is not None:
        data["values"] = list(values)
    extra = None
    if message is not None:
        backend = actor._env.backend
        stored = backend.get_message(channel.id, shown(message).id)
        extra = {"message": dict(serializers.message_payload(backend, stored))}
    return await actor._dispatch_interaction(InteractionType.MESSAGE_COMPONENT, channel, data, extra=extra)


async def forge_modal(
    actor: simcord.MemberActor, channel: simcord.ChannelHandle, custom_id: str, fields: dict[str, str]
) -> simcord.InteractionResult:
    """Submit a modal that was never opened, or was before a restart."""
    rows = [
        {"type": 18, "id": number, "component": {"type": 4, "id": number + 100, "custom_id": name, "value": value}}
        for number, (name, value) in enumerate(fields.items(), start=1)
    ]
    data = {"custom_id": custom_id, "components": rows}
    return await actor._dispatch_interaction(InteractionType.MODAL_SUBMIT, channel, data)
