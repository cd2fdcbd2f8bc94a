"""What may be shown of many people's answers, so that no few of them are known by it. Pure."""
