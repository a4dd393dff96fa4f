"""How the bot speaks: messages, answers to interactions, components, pages."""
