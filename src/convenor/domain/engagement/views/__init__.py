"""The screens of engagement models."""
