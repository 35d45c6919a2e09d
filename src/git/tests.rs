//! The same questions to libgit2 and to the `git` program, on real repositories.
