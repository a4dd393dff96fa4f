"""Ikuzo's platform: whatever is not one feature."""
