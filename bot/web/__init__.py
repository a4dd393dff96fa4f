"""The web pages and addresses of the bot, served by the bot's own process when ``WEB_LISTEN`` is set.

Features register routes in their setup with :class:`~bot.web.site.Web`, which is ``platform.web``.
"""

from bot.web.answers import answer_json, conditional, page
from bot.web.body import read_json
from bot.web.limits import Limit
from bot.web.refusals import WebError
from bot.web.site import Web
from bot.web.visitor import language_for

__all__ = ["Limit", "Web", "WebError", "answer_json", "conditional", "language_for", "page", "read_json"]
