"""The one look of all pages: base page, parts, tokens, icons and translations."""
