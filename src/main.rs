//! argv in, exit code out.

use std::process::ExitCode;

use clap::Parser;
use gander::commands::{self, args::Cli};

/// Many small objects made on several threads: the system's allocator spends more on them than the rules do.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Deep expressions cost stack in the SQL parser: bytes for each thread, reserved and not used until needed.
const STACK: usize = 64 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Fails only where a pool stands already, and none does.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global();
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || commands::run(&cli));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(_)) | Err(_) => commands::Exit::Error.into(),
    }
}
