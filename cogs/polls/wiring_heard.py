"""Puts the services of answers and proposals together, and tells the platform about them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.delivery import Kind
from bot.guilds import Feature
from bot.posts import Posts
from bot.sayings import edit_kind
from cogs.polls.render import board as board_words
from cogs.polls.render import heard as words
from cogs.polls.render import proposals as proposal_words
from cogs.polls.service import naming
from cogs.polls.service.heard import board as boarded
from cogs.polls.service.heard import owing as owed
from cogs.polls.service.heard import proposing as proposed
from cogs.polls.service.heard.answering import Answering
from cogs.polls.service.heard.board import Boards
from cogs.polls.service.heard.custody import HeardCustodian
from cogs.polls.service.heard.owing import Owing
from cogs.polls.service.heard.proposing import Fill, Proposing
from cogs.polls.service.heard.running import HeardRunning
from cogs.polls.service.heard.saying import ANSWER, DONE, OWED, Saying
from cogs.polls.service.heard.showcase import HeardShowcase
from cogs.polls.service.heard.telling import TELL, TOLD, Telling
from cogs.polls.service.heard.topics import heard_topics
from cogs.polls.service.heard.waiting import REMINDER, WaitingReminders
from cogs.polls.views.heard import HeardButtons
from cogs.polls.views.proposals import ProposalButtons

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class HeardServices:
    """One of each service by which people are answered."""

    saying: Saying
    boards: Boards
    owing: Owing
    telling: Telling
    answering: Answering
    proposing: Proposing
    waiting: WaitingReminders
    custodian: HeardCustodian


def build_heard(platform: "Platform", posts: Posts, fill: Fill) -> HeardServices:
    """Put the services together; *fill* turns a proposal into the values of a poll's draft."""
    saying = Saying(platform, posts)
    boards = Boards(platform)
    owing = Owing(platform, posts, saying, boards)
    telling = Telling(platform, saying, boards)
    proposing = Proposing(platform, boards, fill)
    return HeardServices(
        saying=saying,
        boards=boards,
        owing=owing,
        telling=telling,
        answering=Answering(platform, posts, saying, boards, owing),
        proposing=proposing,
        waiting=WaitingReminders(platform, boards),
        custodian=HeardCustodian(saying, owing, telling, proposing),
    )


def register_heard(platform: "Platform", services: HeardServices) -> None:
    """Tell schedule, deliveries, router and overviews who handles what, after polls themselves did."""
    _register_deadlines(platform, services)
    _register_messages(platform, services)
    _register_proposals(platform, services)
    HeardButtons(services.answering, services.telling).register(platform.router)
    ProposalButtons(services.proposing, platform.drafts).register(platform.router)
    showcase = HeardShowcase()
    platform.showcases.append(showcase)
    platform.duties.append(showcase)
    platform.custodians.append(services.custodian)
    platform.config_followers.append(services.boards)
    platform.topics.extend(heard_topics())
    if Feature.POLLS in platform.running:
        polls = platform.running[Feature.POLLS]
        platform.running[Feature.POLLS] = HeardRunning(platform.database, polls, services.proposing)


def _register_deadlines(platform: "Platform", services: HeardServices) -> None:
    schedule = platform.schedule
    for kind in owed.MOMENTS:
        schedule.register(kind, services.owing.due)
    for kind in proposed.DEADLINES.values():
        schedule.register(kind, services.waiting.due)
    schedule.register(proposed.PREPARED, services.proposing.look)
    schedule.register(TELL, services.telling.tell)
    schedule.register(boarded.LOOK, services.boards.look)


def _register_messages(platform: "Platform", services: HeardServices) -> None:
    deliveries, saying = platform.deliveries, services.saying
    for kind, render, word in (
        (ANSWER, words.render_answer, naming.answer),
        (DONE, words.render_done, naming.done),
    ):
        load, about = services.telling.load, naming.about(word)
        deliveries.register(kind, Kind(load, render, saying.settled, saying.prepare, about=about, lock=saying.lock))
        deliveries.register(edit_kind(kind), Kind(load=load, render=render, settled=saying.edited))
    owing, remind, about = services.owing, words.render_reminder, naming.about(naming.reminder)
    deliveries.register(OWED, Kind(owing.load, remind, saying.settled, saying.prepare, about=about, lock=saying.lock))
    deliveries.register(edit_kind(OWED), Kind(load=owing.load_again, render=remind, settled=saying.edited))
    deliveries.register(owed.OWED_DIRECT, Kind(load=owing.load, render=remind, settled=owing.direct_settled))
    deliveries.register(TOLD, Kind(load=services.telling.load_told, render=words.render_told))
    boards, board = services.boards, board_words.render_board
    deliveries.register(
        boarded.BOARD, Kind(boards.load, board, boards.settled, about=naming.about_board, lock=boards.lock)
    )
    deliveries.register(boarded.EDIT, Kind(load=boards.load, render=board, settled=boards.edited, lock=boards.lock))
    deliveries.register(boarded.MOVED, Kind(load=boards.load_moved, render=board_words.render_moved))


def _register_proposals(platform: "Platform", services: HeardServices) -> None:
    deliveries, proposing = platform.deliveries, services.proposing
    card = proposal_words.render_proposal
    deliveries.register(
        proposed.PROPOSAL,
        Kind(proposing.load_new, card, proposing.settled, about=naming.about_proposal, lock=proposing.lock),
    )
    deliveries.register(
        proposed.EDIT, Kind(load=proposing.load, render=card, settled=proposing.edited, lock=proposing.lock)
    )
    deliveries.register(proposed.DECIDED, Kind(load=proposing.load_told, render=proposal_words.render_decided))
    deliveries.register(
        REMINDER, Kind(services.waiting.load, proposal_words.render_waiting, about=naming.about_proposals)
    )
