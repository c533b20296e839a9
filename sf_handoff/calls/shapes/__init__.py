"""The screen pop as each desktop takes it. Every limit of a desktop is held here, before anything is sent."""
