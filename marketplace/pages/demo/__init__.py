"""Demonstration data of our own writing: invented organisations, people, technologies and needs around Hanoi.

Content lies in `../demo_data` as text files and drawings; here is how it becomes histories that look real.
"""

from marketplace.pages.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, DemoAccount
from marketplace.pages.demo.loading import DemoSummary, load_demo, load_demo_command

__all__ = ["DEMO_ACCOUNTS", "DEMO_PASSWORD", "DemoAccount", "DemoSummary", "load_demo", "load_demo_command"]
