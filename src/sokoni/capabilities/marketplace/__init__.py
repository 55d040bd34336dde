"""Buying and selling between neighbours: sellers list, buyers look, both meet when both agree."""
