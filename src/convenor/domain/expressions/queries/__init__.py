"""Reading calls and what was sent in. What is personal is only reached through these functions."""
