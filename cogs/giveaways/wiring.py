"""Puts the feature's services together and tells the platform about them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, Kind, Loader, Outcome, Renderer, Settler
from bot.drafting.checks import Checks
from bot.drafting.drafting import Drafting
from bot.guilds import Feature
from bot.i18n import Text
from bot.posts import Posts
from bot.sayings import edit_kind
from bot.ui.outgoing import Outgoing
from cogs.giveaways import render
from cogs.giveaways.render.claims import render_claim_reminder, render_missing
from cogs.giveaways.render.overview import render_correction
from cogs.giveaways.rules.options import Options, Proposal
from cogs.giveaways.service import announcing as announced
from cogs.giveaways.service import claims as claimed
from cogs.giveaways.service import naming
from cogs.giveaways.service import posting as posted
from cogs.giveaways.service import reminding as reminded
from cogs.giveaways.service.airdrop import Airdrops
from cogs.giveaways.service.announcing import MENTIONS, Announcing
from cogs.giveaways.service.claims import Claims
from cogs.giveaways.service.closing import Closing
from cogs.giveaways.service.correcting import Correcting
from cogs.giveaways.service.craft import GiveawayCraft, lacking
from cogs.giveaways.service.custody import GiveawayCustodian
from cogs.giveaways.service.drawing import Drawing
from cogs.giveaways.service.entering import Entering
from cogs.giveaways.service.explaining import Explaining
from cogs.giveaways.service.exports import Exports
from cogs.giveaways.service.freezing import NEEDS, Freezing
from cogs.giveaways.service.loading import Loading
from cogs.giveaways.service.notices import NOTICE, load_notice
from cogs.giveaways.service.panel import ClaimsPanel
from cogs.giveaways.service.passing import Passing
from cogs.giveaways.service.posting import Posting
from cogs.giveaways.service.previews import Previews
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.redeeming import Redeeming
from cogs.giveaways.service.redraw import Redraws
from cogs.giveaways.service.reminding import Reminding
from cogs.giveaways.service.showcase import GiveawayShowcase
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.service.steps import GiveawaySteps
from cogs.giveaways.service.telling import CORRECTED, TELL, Telling
from cogs.giveaways.service.winding_up import WindingUp
from cogs.giveaways.tables import KIND

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class Services:
    """One of each service of giveaways."""

    posts: Posts
    loading: Loading
    entering: Entering
    explaining: Explaining
    # From a draft to a post, and changes to it.
    posting: Posting
    correcting: Correcting
    telling: Telling
    craft: GiveawayCraft
    drafting: Drafting[Options, Proposal, PostView, GiveawayInfo]
    steps: GiveawaySteps
    # From closing to the draw.
    closing: Closing
    freezing: Freezing
    announcing: Announcing
    drawing: Drawing
    airdrops: Airdrops
    # After it.
    claims: Claims
    passing: Passing
    redraws: Redraws
    redeeming: Redeeming
    reminding: Reminding
    panel: ClaimsPanel
    exports: Exports


def build(platform: "Platform") -> Services:
    """Put the services together."""
    posts = Posts(platform.deliveries, KIND)
    loading = Loading(platform, MENTIONS)
    entering = Entering(
        platform.database, platform.writer, platform.gates, platform.attendance, lambda: platform.guilds
    )
    announcing = Announcing(platform, posts)
    claims = Claims(platform, posts)
    passing = Passing(platform, posts, announcing, claims)
    redraws = Redraws(platform, passing)
    reminding = Reminding(platform, announcing)
    posting = Posting(platform, posts)
    airdrops = Airdrops(platform, posts, Checks(platform, NEEDS, lacking))
    closing = Closing(platform, posts, posting.follow, airdrops.gather)
    correcting = Correcting(platform, posts, posting, closing)
    craft = GiveawayCraft(platform, posts, posting, correcting, Previews(platform, loading))
    return Services(
        posts=posts,
        loading=loading,
        entering=entering,
        explaining=Explaining(platform.database, loading, entering),
        posting=posting,
        correcting=correcting,
        telling=Telling(platform),
        craft=craft,
        drafting=Drafting(platform, craft),
        steps=GiveawaySteps(platform, craft),
        closing=closing,
        freezing=Freezing(platform, posts),
        announcing=announcing,
        drawing=Drawing(platform, posts, announcing, claims.open_claim),
        airdrops=airdrops,
        claims=claims,
        passing=passing,
        redraws=redraws,
        redeeming=Redeeming(platform, posts, claims),
        reminding=reminding,
        panel=ClaimsPanel(platform, posts, claims, reminding, redraws),
        exports=Exports(platform),
    )


def register(platform: "Platform", services: Services) -> None:
    """Tell schedule, deliveries and the overviews who handles what."""
    _register_deadlines(platform, services)
    _register_deliveries(platform, services)
    _register_announcements(platform, services)
    platform.showcases.append(GiveawayShowcase())
    custodian = GiveawayCustodian(platform, services.posts, services.redraws.pass_on, services.announcing.republish)
    platform.custodians.append(custodian)
    platform.running[Feature.GIVEAWAYS] = WindingUp(platform.database, services.correcting)


def _register_deadlines(platform: "Platform", services: Services) -> None:
    schedule, redraws, reminding = platform.schedule, services.redraws, services.reminding
    schedule.register(posted.OPEN, services.posting.open)
    schedule.register(TELL, services.telling.tell)
    schedule.register(posted.CLOSE, services.closing.close)
    schedule.register("giveaway.recheck", services.closing.recheck)
    schedule.register("giveaway.draw", services.drawing.draw)
    schedule.register(claimed.HALF, reminding.due)
    schedule.register(claimed.LAST, reminding.due)
    schedule.register(claimed.END, redraws.claim_ended)
    schedule.register(claimed.LOOK, redraws.look)
    schedule.register(claimed.FORGOTTEN, redraws.forgotten)


def _register_deliveries(platform: "Platform", services: Services) -> None:
    deliveries, posts, loading = platform.deliveries, services.posts, services.loading

    async def post_settled(tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        await posts.settled(tx, delivery, outcome, clock.now())

    deliveries.register(
        f"{KIND}.post",
        Kind(load=loading.post, render=render.render_post, settled=post_settled, about=naming.about(naming.post)),
    )
    deliveries.register(f"{KIND}.edit", Kind(load=loading.post, render=render.render_post, settled=posts.edited))
    freezing = services.freezing
    deliveries.register(
        f"{KIND}.freeze",
        Kind(
            load=freezing.load,
            render=render.render_freeze,
            settled=freezing.settled,
            prepare=freezing.prepare,
            by_hand=False,
            about=naming.about_freeze,
        ),
    )
    deliveries.register(NOTICE, Kind(load=load_notice, render=render.render_notice))
    deliveries.register(CORRECTED, Kind(load=services.telling.load, render=render_correction))
    reminding = services.reminding
    deliveries.register(
        reminded.DIRECTLY,
        Kind(load=reminding.load_direct, render=render_claim_reminder, settled=reminding.direct_settled),
    )
    deliveries.register(claimed.MISSING, Kind(load=services.claims.load_missing, render=render_missing))


def _register_announcements(platform: "Platform", services: Services) -> None:
    announcing = services.announcing

    def register(
        kind: str,
        load: Loader,
        words: Renderer,
        word: Callable[[str], Text],
        *,
        settled: Settler = announcing.settled,
        load_again: Loader | None = None,
    ) -> None:
        about = naming.about(word)
        said = Kind(load, words, settled, announcing.prepare, about=about, lock=announcing.lock)
        edit = Kind(load=load_again or load, render=_with_new_files(words), settled=announcing.edited)
        platform.deliveries.register(kind, said)
        platform.deliveries.register(edit_kind(kind), edit)

    result, passing, reminding = services.loading.result, services.passing, services.reminding
    register(announced.RESULT, result, render.render_result, naming.result, settled=services.drawing.result_settled)
    register(announced.PASSED_ON, passing.load, render.render_pass, naming.pass_on)
    register(
        announced.REMINDER,
        reminding.load_in_channel,
        render_claim_reminder,
        naming.reminder,
        load_again=reminding.load_again,
    )


def _with_new_files(words: Renderer) -> Renderer:
    """Return a renderer for edits whose files take the place of those that are there."""

    def render_anew(content: Any, language: str) -> Outgoing:
        return replace(words(content, language), keep_files=False)

    return render_anew
