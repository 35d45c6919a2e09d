# The everyday commands; `just` lists them.

_list:
    @just --list

# Run every test; installs PostgreSQL and sqlite3 when they are missing
test *arguments:
    tests/run {{ arguments }}

# Write every expected output anew; read the diff as a change of behaviour
bless *arguments:
    GANDER_BLESS=1 cargo test --locked {{ arguments }}

# What CI checks besides the tests
lint:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

# Everything that CI runs
ci:
    .ci/run

# Measure against a history of 5,000 migrations
bench *arguments:
    cargo bench --locked {{ arguments }}
