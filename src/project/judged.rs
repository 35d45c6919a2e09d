//! Which migrations are history, and which are judged.
