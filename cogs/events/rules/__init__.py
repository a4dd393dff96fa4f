"""What an event decides, as pure functions: no discord, no SQL, no clock, no randomness of its own."""
