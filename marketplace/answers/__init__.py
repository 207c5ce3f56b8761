"""Answers to technology needs: what an organisation offers against each target and criterion, sent in versions."""
