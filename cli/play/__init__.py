"""Play: conversations from a script, through the real pipeline under a controlled clock."""
