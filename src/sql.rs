//! Statement text and dialect to accesses, with spans.
