"""Bringing in listings and needs from JSONL, CSV and XLSX files."""
