"""The rules of the commitment record: pure Python, no clock, no input or output."""
