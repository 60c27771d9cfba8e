"""The forms of groups: they parse and label, and never save."""
