"""Understanding, commands, forms, the engine, rendering: knows no capability and no channel."""
