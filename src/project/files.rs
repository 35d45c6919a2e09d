//! Reads the project's files, from the work tree or the index, into one `Sources`.
