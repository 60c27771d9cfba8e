"""The functions behind `{% load kit %}`; `templatetags/kit.py` lists how each is used."""
