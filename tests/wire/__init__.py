"""A Discord of our own on loopback, in its own process, for tests that kill the real bot.

The bot speaks to it over HTTP and WebSocket as it would to Discord; the test speaks to it through
`/_control/`. It outlives the bot, so a test may end the bot with SIGKILL between any two steps,
start it again, and then ask what people saw.
"""
