"""The page of the day, for a contact-center lead to show in a meeting: no case text, no person."""
