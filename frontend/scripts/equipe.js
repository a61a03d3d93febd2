// Pages of the staff: passkeys. Forms need none of this; htmx comes for what the pages show while one types.

loadHtmx();
