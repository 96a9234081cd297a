//! The `bailiwick` program: a thread with a deep stack, and the only place that exits.

use std::process::ExitCode;
use std::thread;

use bailiwick::cli::{self, Exit};

/// Trees and facts are many small values on all cores at once: the system's allocator takes a third of a run for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let run = || cli::run(std::env::args_os());
    let exit = match thread::Builder::new().stack_size(bailiwick::STACK_SIZE).spawn(run) {
        Ok(thread) => thread.join().unwrap_or(Exit::Trouble),
        Err(_) => run(),
    };
    ExitCode::from(exit as u8)
}
