"""Drafts of anything that is posted: what is common to their values, their checks, their changes and their posting."""
