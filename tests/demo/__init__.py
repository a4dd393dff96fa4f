"""The demo as people start it: played by its script, and watched in a browser."""
