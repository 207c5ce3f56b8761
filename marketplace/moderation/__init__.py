"""The operators' one queue: claims, checklists, decisions."""
