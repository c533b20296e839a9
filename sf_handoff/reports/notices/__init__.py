"""When a ticket is resolved: who is told what, by which route, and who was. Thinks only; nothing is sent."""
