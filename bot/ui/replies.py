"""Private answers that were given already: edited later, by their interaction's token."""

import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context

from bot.ui.outgoing import Outgoing


async def edit_reply(client: discord.Client, token: str, message: Outgoing) -> str | None:
    """Replace the first answer to an interaction, within 15 minutes; returns Discord's code where it refuses.

    What may pass (5xx, 429) is raised as discord.HTTPException.
    """
    if client.application_id is None:
        raise RuntimeError("the client is not logged in")
    http = client.http
    hook = discord.Webhook.partial(client.application_id, token, client=client)
    try:
        with handle_message_parameters(
            content=message.content or None,
            embeds=list(message.embeds),
            view=message.view(),
            allowed_mentions=message.allowed_mentions(),
        ) as made:
            # What Interaction.edit_original_response does; that needs the interaction, which may be long gone.
            await async_context.get().edit_original_interaction_response(
                client.application_id,
                token,
                session=hook.session,
                proxy=http.proxy,
                proxy_auth=http.proxy_auth,
                payload=made.payload,
                multipart=made.multipart,
            )
    except discord.HTTPException as error:
        if error.status >= 500 or error.status == 429:
            raise
        return str(error.code or error.status)
    return None
