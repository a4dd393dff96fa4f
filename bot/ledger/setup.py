"""Wires the ledger: how its deliveries are carried out, and what its deadline does."""

from bot.database import Database
from bot.delivery import Deliveries, Kind
from bot.ledger import live, render
from bot.ledger.live import LogChannel
from bot.ledger.service import Ledger
from bot.schedule import Schedule


def register(database: Database, deliveries: Deliveries, schedule: Schedule) -> Ledger:
    """Register the ledger's kinds of deliveries and its deadline; returns the ledger that features append to."""
    channel = LogChannel(database, deliveries, schedule)
    deliveries.register(
        live.ROWS,
        Kind(load=channel.load, render=render.rows_message, settled=channel.settled, prepare=channel.prepare),
    )
    deliveries.register(live.EDIT, Kind(load=channel.load_edit, render=render.rows_message))
    deliveries.register(live.HEAD, Kind(load=channel.load_head, render=render.head_message))
    schedule.register(live.HEAD, channel.pin)
    return Ledger(channel)
