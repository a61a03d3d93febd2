"""The `appui` command: one module a subject. Exit status 0 on success; errors are one clear line each on stderr."""

from __future__ import annotations

from backend.cli import content, delivery, drafts, editions, keeping, permanences, push_key, serving, staff
from backend.cli.common import Appui, main

__all__ = ["Appui", "main"]

for subject in (serving, delivery, permanences, editions, drafts, content, keeping, push_key, staff):
    for command in subject.COMMANDS:
        main.add_command(command)
