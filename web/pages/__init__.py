"""One file for each public page: what it asks of the record, and its template."""
