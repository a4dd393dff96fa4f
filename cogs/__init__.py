"""Ikuzo's features, one package each, all of the same shape."""
