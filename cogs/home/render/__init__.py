"""What concerns every feature, in words."""
