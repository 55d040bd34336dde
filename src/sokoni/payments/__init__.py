"""Money that contacts pay: gateways behind one contract, a ledger that only moves forward."""
