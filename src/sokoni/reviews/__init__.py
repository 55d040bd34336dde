"""Deals that both sides confirmed, and what people say of one another afterwards.

Knows no capability: a deal is between who provides something and who takes it.
"""
