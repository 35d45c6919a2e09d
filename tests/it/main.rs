//! Tests that go through more than one floor: against real servers, real files, real git.

#[path = "../support/mod.rs"]
mod support;

/// Scripts cut out of real migrations do on the servers what the replay says.
mod against;
/// The steps of the GitHub action, run as the runner runs them, annotate a pull request and obey nobody else's text.
mod action;
/// The types of PostgreSQL, their casts and their comparisons are what gander says.
mod casts;
/// Many expressions in many places are refused where PostgreSQL refuses them, and nowhere else.
mod fits;
/// Exit codes, options and subcommands are what the command line promises.
mod cli;
/// What `--fix` and `--diff` write, and that they write nothing else.
mod fix;
/// In the sample projects gander finds what their READMEs say, and nothing else.
mod fixtures;
/// The hook stops a commit that brings a bad migration, as git really runs it.
mod hook;
/// Which migrations are judged and which are history.
mod inspect;
mod judged;
mod measured;
/// What is printed: JSON to the letter, in order, the same each time.
mod output;
/// The pages' examples run on the servers that they are written for, and do there what the pages claim.
mod servers;
/// Sequences of statements made at random do to the catalog what they do to a server.
mod property;
/// What is offered in stages in the place of a bad statement ends where that would have ended.
mod recipes;
/// Remedies in several migrations are written as each tool wants them.
mod remedies;
/// A script's replay is the schema that a server has after it.
mod replay;
/// What is held against the canonical schema file, and what the fix writes into it.
mod canonical;
/// Two spellings of one thing are the same to gander where they are the same to PostgreSQL.
mod spellings;
/// A view is the same to gander as it is written and as PostgreSQL prints it, and another one is not.
mod views;
/// What gander writes out is what it has read.
mod written;
/// What gander says of a statement and its second run is what real servers did.
mod truth;
/// What gander writes builds on a server what it was read from, and makes one schema into another.
mod catalogs;
/// What `gander schema` shows of which history, up to which migration, and what it says that it does not know.
mod schema;
/// What `gander drift` compares with what, what it tells of it, and when it cannot tell.
mod drift;
mod effects;
/// Which functions give another value at every call is what the server says.
mod volatile;
