"""What a browser sees: pages, forms, the page cache and static files."""
