"""What can be done with events: one use case, one transaction, frozen values in and out."""
