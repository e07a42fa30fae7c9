"""The application: use cases, the ledger, and the wiring of everything else."""
