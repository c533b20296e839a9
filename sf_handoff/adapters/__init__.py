"""What touches the world: Salesforce over HTTP, the store, keys and settings."""
