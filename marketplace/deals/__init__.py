"""The transaction record: frozen terms, contract, signatures, milestones, acceptance, and what it was worth."""
