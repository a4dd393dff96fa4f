"""What awaits whoever opens the demo's page: a bot that is set up, a giveaway and polls that run, more that opens."""

from typing import Final

from bot.demo.community import PEOPLE, Profile
from bot.demo.person import Person
from bot.demo.stage import Stage

# Whom one can be, and what each is good for.
VIEWERS: Final = {
    "oren": "organiser: type /giveaway start or /poll create",
    "mina": "moderator: type /config check or /config log",
    "tess": "staff: hand out a prize with /giveaway redeem, check people in with /event checkin",
    "lena": "member with @Artist: press Enter and Vote, type /my show or /poll propose",
    "haruka": "the same in Japanese",
    "jiwoo": "the same in Korean",
    "ben": "member without roles: is told what he lacks",
}
PROFILES: Final = {profile.name: profile for profile in PEOPLE}
# Where the commands are typed, so that their answers do not stand in the channel that is watched.
OFFICE: Final = "general"
# Everyone else acts by themselves.
CROWD: Final[tuple[Profile, ...]] = tuple(profile for profile in PEOPLE if profile.name not in VIEWERS)

_SETTINGS: Final = (
    "/config channel purpose:giveaways channel:#giveaways",
    "/config channel purpose:announcements channel:#announcements",
    "/config channel purpose:log channel:#log",
    "/config role purpose:organiser role:@Organiser",
    "/config role purpose:staff role:@Staff",
)
_RUNNING: Final = (
    "/giveaway start prize:Lantern Festival, signed print ends:3 hours winners:3 required_role:@Artist "
    "bonuses:@OG 3 claim:button claim_within:2 days description:A2, on cotton paper. post:true"
)
_SCHEDULED: Final = (
    "/giveaway start prize:Sketchbook of the autumn workshop starts:8 hours ends:6 hours winners:2 "
    "claim:in-person claim_within:7 days post:true"
)
_POLL: Final = (
    "/poll create question:Where do we meet in September? options:River studio | Old library | Night market | Online "
    "ends:4 hours secrecy:open results:live answer_by:2 days channel:#giveaways post:true"
)
_RANKED_POLL: Final = (
    "/poll create question:What shall the winter exhibition be about? options:Light in the dark | Small rooms | "
    "Paper | Neighbours | What the sea returns kind:ranked ends:6 hours channel:#giveaways post:true"
)
_EVENT: Final = (
    "/event create title:Open studio, with tea starts:5 hours ends:2 hours where:in-person "
    "place:River gate, Paper Street 1 capacity:5 bring:Something you are working on remind:1h, at start "
    "post_in:#giveaways post:true"
)
_WELCOME: Final = """\
**Welcome to Paper Lantern**, a community that is not there, on a Discord that is not there. The bot is the real one.
- *Viewing as*, above, makes you someone else: Oren organises, Mina moderates, Tess is staff, the others are members.
- Press *Enter* as Lena or はるか, and as Ben, who lacks a role. As Oren type `/giveaway start`.
- Press *Vote*: one poll is open, and you see it move; the other is secret, and you rank its options.
- Time flies here. Members you cannot be enter by themselves; wait, and the draw comes.
- Draws use a small beacon of this demo's own: they show how a draw works, not that one was fair."""


async def furnish(stage: Stage) -> None:
    """Set the bot up and start the giveaways, by commands, as anyone would."""
    mina, oren = Person(stage, PROFILES["mina"]), Person(stage, PROFILES["oren"])
    for command in _SETTINGS:
        await mina.types(command, OFFICE)
    for name in ("haruka", "jiwoo"):
        person = Person(stage, PROFILES[name])
        panel = await person.types("/my settings", OFFICE)
        await person.chooses(panel.last, "settings.language", PROFILES[name].language)
    await mina.actor.send(stage.community.giveaways, _WELCOME)
    await oren.types(_RUNNING, OFFICE)
    await oren.types(_SCHEDULED, OFFICE)
    for poll in (_POLL, _RANKED_POLL):
        await oren.types(poll, OFFICE)
    await oren.types(_EVENT, OFFICE)
    await stage.env.settle()
