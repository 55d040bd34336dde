"""Engine, sessions, portable types, encryption at rest, migrations."""
