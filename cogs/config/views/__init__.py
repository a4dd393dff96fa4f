"""What moderators press: the setup panel, the questions, and who answers them."""
