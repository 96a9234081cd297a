//! Bytes to outline: one front end a language, all yielding the same neutral [`outline`].

pub mod dump;
pub mod outline;
