"""The people a merchant talks with: their addresses, names, languages and consent."""
