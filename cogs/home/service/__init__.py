"""What concerns every feature: one's own things, the server's, settings, help."""
