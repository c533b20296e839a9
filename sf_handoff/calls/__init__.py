"""Flow 1 thinks here: payload to records to receipt, call to binding to screen pop."""
