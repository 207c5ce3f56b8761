"""What a person typed: the fields in it (`query_language`) and the plan of its words (`parser`)."""
