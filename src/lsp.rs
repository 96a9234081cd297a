//! The language server: findings while typing, who owns what under the cursor, and the way out.
//!
//! One thread reads messages, one works. What is typed is an overlay over the disk; when typing pauses, or
//! a question needs it, the files that changed are read anew and everything is joined again. The rest of
//! what was read stays warm. What changes who is who (configs, manifests, new and deleted files) opens the
//! session anew.
//!
//! Invariant: nothing is written but the answers. Edits are proposed; the editor makes them.

mod answers;
mod desk;
mod diagnostics;
mod positions;
mod server;
mod transport;

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use jiff::civil::Date;

use transport::Incoming;

/// What the server is told before the editor says anything.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The root; else the editor's folder decides.
    pub root: Option<PathBuf>,
    /// The config.
    pub config: Option<PathBuf>,
    /// The day that grants are judged by; else each day as it comes.
    pub today: Option<Date>,
    /// Whether facts are kept from run to run.
    pub cache: bool,
}

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// As the protocol wants it: `shutdown`, then `exit`.
    Properly,
    /// The editor went away.
    Abruptly,
}

/// Serves one editor until it goes.
pub fn serve(options: Options, mut input: impl BufRead + Send + 'static, output: impl Write) -> Ended {
    let (sender, receiver) = mpsc::channel();
    let reader = thread::Builder::new().name("messages".to_owned()).spawn(move || {
        loop {
            let incoming = transport::read(&mut input);
            let over = matches!(incoming, Incoming::End);
            if sender.send(incoming).is_err() || over {
                break;
            }
        }
    });
    if reader.is_err() {
        return Ended::Abruptly;
    }
    // The reader may wait for a message that never comes: it is not waited for.
    server::Server::new(options, receiver, output).run()
}
