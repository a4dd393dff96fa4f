"""Buttons, selects and modals of giveaways; what they do is in the services."""
