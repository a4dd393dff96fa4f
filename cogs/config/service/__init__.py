"""What is done for moderators: settings, the preflight, the greeting."""
