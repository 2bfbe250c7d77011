"""Help centers: articles of Zendesk Guide and Intercom."""
