"""Money: the ledger in which every movement stands, and what is charged, paid and recorded between parties."""
