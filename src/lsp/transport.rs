//! Messages on the wire: framed, parsed, and never trusted.

use std::io::{self, BufRead, Read, Write};

use lsp_server::Message;
use serde_json::{Value, json};

/// More than this is no message.
const LONGEST_MESSAGE: usize = 256 << 20;
/// No header line is longer.
const LONGEST_HEADER: u64 = 8 << 10;

/// What came in.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// Something that is none: the error to answer with.
    Malformed(i32, String),
    /// Nothing more will come.
    End,
}

/// Reads the next message. What stands between messages is passed over.
pub(super) fn read(input: &mut impl BufRead) -> Incoming {
    let Ok(Some(length)) = read_header(input) else { return Incoming::End };
    if length > LONGEST_MESSAGE {
        return match io::copy(&mut input.take(length as u64), &mut io::sink()) {
            Ok(_) => malformed(lsp_server::ErrorCode::InvalidRequest, "the message is too long"),
            Err(_) => Incoming::End,
        };
    }
    let mut body = vec![0; length];
    if input.read_exact(&mut body).is_err() {
        return Incoming::End;
    }
    let value: Value = match serde_json::from_slice(&body) {
        Ok(value) => value,
        Err(error) => return malformed(lsp_server::ErrorCode::ParseError, &format!("this is no JSON: {error}")),
    };
    match serde_json::from_value(value) {
        Ok(message) => Incoming::Message(message),
        Err(_) => malformed(lsp_server::ErrorCode::InvalidRequest, "this is no message of the protocol"),
    }
}

fn malformed(code: lsp_server::ErrorCode, message: &str) -> Incoming {
    Incoming::Malformed(code as i32, message.to_owned())
}

/// The length of the message that follows; `None` at the end. Lines that are no header are passed over, so
/// that one bad message does not take the next with it.
fn read_header(input: &mut impl BufRead) -> io::Result<Option<usize>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            if length.is_some() {
                return Ok(length);
            }
            continue;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.trim().to_ascii_lowercase().ends_with("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
}

/// Writes a message.
pub(super) fn write(output: &mut impl Write, message: &Message) -> io::Result<()> {
    message.write(output)
}

/// Answers what was no message, and so has no id.
pub(super) fn write_error(output: &mut impl Write, code: i32, message: &str) -> io::Result<()> {
    let text = json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": message}}).to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(text: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    }

    #[test]
    fn one_bad_message_does_not_take_the_next_with_it() {
        let good = framed(r#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#);
        let bad = ["{", "[]", "\"text\"", "{\"jsonrpc\":\"2.0\"}"].map(framed).join("");
        let text = format!("{bad}Content-Type: x\r\n\r\nnonsense\r\nContent-Length: many\r\n{good}");
        let mut input = text.as_bytes();
        for code in [-32700, -32600, -32600, -32600] {
            assert!(matches!(read(&mut input), Incoming::Malformed(found, _) if found == code));
        }
        assert!(matches!(read(&mut input), Incoming::Message(Message::Notification(_))));
        assert!(matches!(read(&mut input), Incoming::End));
    }

    #[test]
    fn half_a_message_is_the_end() {
        assert!(matches!(read(&mut "Content-Length: 100\r\n\r\n{".as_bytes()), Incoming::End));
        assert!(matches!(read(&mut "Content-Length: 99999999999999\r\n\r\n{}".as_bytes()), Incoming::Malformed(..)));
    }
}
