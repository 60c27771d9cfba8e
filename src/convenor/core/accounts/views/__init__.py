"""Screens of accounts: links, my account, people, duties."""
