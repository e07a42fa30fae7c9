"""Questions people ask of the record, each with its table, its handlers and its query."""
