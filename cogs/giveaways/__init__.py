"""Giveaways: entering, drawing in a way anyone can recompute, claiming."""
