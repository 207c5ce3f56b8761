"""Payment requests: what is charged is asked for, numbered without gaps, and stands in the ledger."""
