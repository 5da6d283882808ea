"""The day: a conversation, its commands, and the terminal around them."""
