"""Uploaded files: checked by content, stored by hash, served as attachments."""
