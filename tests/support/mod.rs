//! What the tests stand on: real database servers, real repositories, the rules' pages.
#![allow(dead_code, reason = "each test binary uses its own part of this module")]

pub mod against;
pub mod inventory;
pub mod judge;
pub mod measure;
pub mod pages;
pub mod postgres;
pub mod process;
pub mod repo;
pub mod runner;
pub mod scripts;
pub mod side_by_side;
pub mod sqlite;
pub mod tree;
pub mod wire;
pub mod workers;
