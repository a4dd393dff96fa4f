"""Buttons, selects and modals of events; what they do is in the services."""
