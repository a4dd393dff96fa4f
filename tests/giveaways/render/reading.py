"""Reading a message as people do."""

from bot.ui.outgoing import Outgoing


def text(message: Outgoing) -> str:
    """Return everything a message says."""
    lines = [message.content]
    for embed in message.embeds:
        lines += [embed.author.name or "", embed.title or "", embed.description or ""]
        lines += [part for field in embed.fields for part in (field.name or "", field.value or "")]
        lines.append(embed.footer.text or "")
    return "\n".join(line for line in lines if line)


def kinds(message: Outgoing) -> list[str]:
    """Return the kinds of a message's buttons, in order."""
    return [str(item.to_component_dict().get("custom_id")).split(":")[0] for item in message.rows]
