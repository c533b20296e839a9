"""Flow 2 thinks here: report rows → flags → clusters. Nothing in here touches network, disk or clock."""
