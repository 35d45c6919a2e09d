//! Real repositories for the tests, made by the `git` program in temporary directories.
