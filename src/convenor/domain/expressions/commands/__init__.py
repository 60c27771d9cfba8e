"""Changing calls and what is sent in. Each command locks, asks the permission, applies the rules, writes, journals."""
