"""How every message of a giveaway reads and looks: frozen values in, messages out, in a language."""

from cogs.giveaways.render.codes import render_pickup_code
from cogs.giveaways.render.freeze import render_freeze
from cogs.giveaways.render.info import render_info, render_trust_question
from cogs.giveaways.render.notice import render_notice
from cogs.giveaways.render.post import render_post
from cogs.giveaways.render.result import render_pass, render_result

__all__ = (
    "render_freeze",
    "render_info",
    "render_notice",
    "render_pass",
    "render_pickup_code",
    "render_post",
    "render_result",
    "render_trust_question",
)
