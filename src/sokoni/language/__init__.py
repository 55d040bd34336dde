"""Reading what people write and wording what we say, in every language we know."""
