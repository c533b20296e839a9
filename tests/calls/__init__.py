"""Flow 1, tested with plain values."""
