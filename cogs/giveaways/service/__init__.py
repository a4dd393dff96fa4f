"""What can be done with giveaways: one use case, one transaction, frozen values in and out."""
