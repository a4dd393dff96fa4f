"""After a poll: its answer, the promise in it, whether that was kept, and what a member proposes next."""

from bot.demo.reading import kinds
from bot.demo.story.polling import POLLS, post
from bot.demo.story.scene import Scene


async def answer(scene: Scene) -> None:
    """Oren owes an answer, and gives it: a promise with a date."""
    tell = scene.tell
    tell.holds("poll.listen" in kinds(post(scene, 0)), "the closed poll awaits its answer, and says until when")
    asked = await scene.person("lena").presses(post(scene, 0), "poll.listen")
    tell.holds(asked.text, "Lena asks to be told")
    text = "It will be about what won; the rooms are booked for December."
    command = f"/poll respond poll:1 status:accepted text:{text}"
    refused = await scene.person("priya").types(f"{command} due:3 weeks", POLLS)
    tell.holds(scene.person("oren").mention in refused.text, "Priya is told whose answer it is")
    undated = await scene.person("oren").types(command, POLLS)
    tell.holds(undated.form, "who accepts something is asked until when it will be done")
    await scene.person("oren").fills_in(undated, status="accepted", text=text, due="3 weeks")
    await scene.passes("a minute later", minutes=1)
    answered = scene.public(POLLS)[-1]
    tell.shows(answered)
    tell.holds("what won" in scene.said(answered), "the answer stands under the poll, for everyone")
    tell.holds("Accepted" in scene.said(post(scene, 0)), "and on the poll's own post")


async def keep(scene: Scene) -> None:
    """Two weeks later it is reported done, and those who voted say whether it is."""
    tell = scene.tell
    await scene.stage.stop()
    await scene.passes("the bot is away for two weeks", days=14)
    await scene.stage.start()
    await scene.passes("and comes back", minutes=1)
    await scene.person("oren").types("/poll done poll:1 text:It opened on Saturday.", POLLS)
    await scene.passes("a minute later", minutes=1)
    done = scene.public(POLLS)[-1]
    tell.holds("poll.happened" in kinds(done), "everyone who voted is asked: did this happen?")
    tell.shows(done)
    said = await scene.person("tomas").presses(done, "poll.happened")
    tell.holds("Yes 1" in said.text, "Tomás says that it did")
    said = await scene.person("noor").presses(done, "poll.not_yet")
    tell.holds("not yet 1" in said.text, "Noor does not think so")
    refused = await scene.person("ben").presses(done, "poll.happened")
    tell.holds("voted" in refused.text, "Ben did not vote in it, and is not asked")
    board = await scene.person("ben").types("/browse", POLLS)
    tell.holds("50%" in board.text, "the board of answers says that one of two came in time")
    overdue = [line for line in board.text.splitlines() if "⚠" in line]
    tell.holds(len(overdue) == 1 and "September" in overdue[0], "and that Oren never answered the other poll")


async def propose(scene: Scene) -> None:
    """A member proposes a poll; an organiser approves it, and it is posted in the member's name."""
    tell, lena, oren = scene.tell, scene.person("lena"), scene.person("oren")
    form = await lena.types("/poll propose", POLLS)
    await lena.fills_in(form, question="A lantern workshop in spring?", options="Yes\nNo", why="Many asked me.")
    await scene.stage.env.settle()
    proposal = scene.public("log")[-1]
    tell.shows(proposal)
    refused = await scene.person("ben").presses(proposal, "poll.approve")
    tell.holds(scene.role("Organiser") in refused.text, "only organisers decide about it")
    draft = await oren.presses(proposal, "poll.approve")
    when = await oren.presses(draft.last, "poll.d.when")
    draft = await oren.fills_in(when, ends="3 days")
    before = {message.id for message in scene.public(POLLS)}
    await oren.presses(draft.last, "poll.d.post")
    await scene.passes("a minute later", minutes=1)
    new = [message for message in scene.public(POLLS) if message.id not in before]
    tell.holds(len(new) == 1, "approved, completed and posted, it is a poll")
    tell.shows(new[0])
    tell.holds(lena.mention in scene.said(new[0]), "which says that Lena proposed it")
