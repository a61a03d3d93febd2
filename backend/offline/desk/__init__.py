"""Where the next edition is prepared: the staff's screens for hours, contacts, organisations and guides."""
