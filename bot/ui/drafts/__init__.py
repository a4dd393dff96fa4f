"""The private panel in which something is put together before it is posted; the same for all that is drafted."""
