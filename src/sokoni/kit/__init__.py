"""What knows no business: ids, money, phones, the clock, text, HTTP."""
