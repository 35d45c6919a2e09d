//! What the tests stand on: real database servers, real repositories, the rules' pages.
#![allow(dead_code, reason = "each test binary uses its own part of this module")]

pub mod against;
pub mod pages;
pub mod postgres;
pub mod process;
pub mod repo;
pub mod runner;
pub mod sqlite;
pub mod tree;
pub mod wire;
