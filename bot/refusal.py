"""What whoever runs the bot is told when a command cannot be carried out."""


class Refusal(Exception):
    """A command cannot do what it was asked, and changed nothing; the message is an English sentence that says why."""
