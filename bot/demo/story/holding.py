"""A role for holding a token: given at once, kept for a while after it is gone, then taken."""

from bot.demo.chain import CHAIN_ID, MISSING, shortened
from bot.demo.person import Person
from bot.demo.story.scene import Scene

ROLE = "Lantern"


def has_role(scene: Scene, person: Person) -> bool:
    community = scene.stage.community
    member = scene.stage.env.backend.get_guild(community.guild.id).members[person.actor.id]
    return community.roles[ROLE].id in member.role_ids


async def link(scene: Scene) -> None:
    """Mina makes a rule; Priya proves that a wallet is hers, and has the role."""
    tell, chain, mina, priya = scene.tell, scene.chain, scene.person("mina"), scene.person("priya")
    if chain is None:
        tell.passes(MISSING)
        return
    wallet, thief = chain.wallets[0], chain.wallets[1]
    chain.mint(wallet, 7)
    made = await mina.types(
        f"/gate add name:lantern role:@{ROLE} chain:{CHAIN_ID} contract:{chain.contract} standard:erc721"
    )
    tell.holds(scene.role(ROLE) in made.text, "whoever holds a token of this contract is to have the role")
    asked = await priya.types(f"/wallet link address:{wallet}")
    text = asked.text.split("```")[1].strip("\n")
    tell.holds("priya" in text and str(priya.actor.id) in text, "the text to sign names her account, and nobody else's")
    form = await priya.presses(asked.last, "wallet.paste")
    await priya.fills_in(form, signature=chain.sign(thief, text))
    await scene.stage.env.settle()
    tell.holds(not has_role(scene, priya), "another wallet's signature links nothing")
    form = await priya.presses(asked.last, "wallet.paste")
    await priya.fills_in(form, signature=chain.sign(wallet, text))
    await scene.passes("a moment later", seconds=5)
    tell.shows(asked.last)
    tell.holds(has_role(scene, priya), "the role followed at once")
    records = await mina.types("/gate records")
    tell.holds(shortened(chain.wallets, records.text), "moderators see that she verified, with a shortened address")


async def lose(scene: Scene) -> None:
    """Priya gives the token away: she is told what to do, and only two checks and a day later the role goes."""
    tell, chain, mina, priya = scene.tell, scene.chain, scene.person("mina"), scene.person("priya")
    if chain is None:
        tell.passes(MISSING)
        return
    chain.give(chain.wallets[0], chain.wallets[1], 7)
    tell.passes("Priya gives her token away")
    await mina.types("/gate recheck")
    tell.holds(has_role(scene, priya), "one check that says no takes nothing")
    await priya.types("/wallet status")
    await scene.away(hours=8)
    await scene.passes("half a day later; the bot was away for most of it", hours=4)
    tell.holds(has_role(scene, priya), "two checks say no, but the grace period goes on")
    await scene.away(days=1, hours=10)
    await scene.passes("two days later; the bot was away for most of it", hours=2)
    tell.holds(not has_role(scene, priya), "after the grace period the role is gone")
    await priya.types("/wallet status")
