"""Changing groups. Each command locks the group's row, asks the permission, applies the rules, writes, journals."""
