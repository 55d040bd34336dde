"""A capability as somebody else would ship it, whose tasks fail their process."""
