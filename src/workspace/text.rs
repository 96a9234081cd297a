//! Bytes to text: the one place where encodings are dealt with.

use crate::source::{SkipReason, SourceText, Sources};

/// How far into a file a NUL byte is looked for.
const BINARY_WINDOW: usize = 8 * 1024;

/// Reads a file's text.
///
/// # Errors
/// Why it cannot be read as text: it is binary, or the system does not let it be read.
pub fn read(sources: &dyn Sources, path: &str) -> Result<SourceText, SkipReason> {
    match sources.read(path) {
        Ok(bytes) => decode(bytes),
        Err(error) => Err(SkipReason::Unreadable(error.to_string())),
    }
}

/// The text of `bytes`: UTF-8 with or without a mark, UTF-16 with one.
///
/// # Errors
/// [`SkipReason::Binary`] where a NUL byte stands near the start.
pub fn decode(bytes: Vec<u8>) -> Result<SourceText, SkipReason> {
    match bytes.as_slice() {
        [0xFF, 0xFE, units @ ..] => return Ok(decode_utf16(units, u16::from_le_bytes)),
        [0xFE, 0xFF, units @ ..] => return Ok(decode_utf16(units, u16::from_be_bytes)),
        _ => {}
    }
    if memchr::memchr(0, &bytes[..bytes.len().min(BINARY_WINDOW)]).is_some() {
        return Err(SkipReason::Binary);
    }
    let mut bytes = bytes;
    let mut bom = 0;
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
        bom = 3;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceText { text, bom, lossy: false }),
        Err(error) => Ok(SourceText { text: with_question_marks(error.as_bytes()), bom, lossy: true }),
    }
}

/// Each byte that is no UTF-8 becomes one `?`, so that every offset holds.
fn with_question_marks(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> SourceText {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut lossy = !bytes.len().is_multiple_of(2);
    let text = char::decode_utf16(units).map(|letter| {
        lossy |= letter.is_err();
        letter.unwrap_or('?')
    });
    let text: String = text.collect();
    SourceText { text, bom: 0, lossy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_taken_off_and_counted() {
        let read = decode(b"\xEF\xBB\xBFselect 1\r\n".to_vec()).unwrap();
        assert_eq!((read.text.as_str(), read.bom, read.lossy), ("select 1\r\n", 3, false));
    }

    #[test]
    fn invalid_bytes_keep_their_width() {
        let read = decode(b"-- caf\xE9\xE8 \xC3\xA9\nselect".to_vec()).unwrap();
        assert_eq!(read.text, "-- caf?? é\nselect");
        assert!(read.lossy);
    }

    #[test]
    fn utf16_is_decoded_both_ways() {
        let little: Vec<u8> = [0xFEFF].into_iter().chain("sélect".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = [0xFEFF].into_iter().chain("sélect".encode_utf16()).flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(little).unwrap().text, "sélect");
        assert_eq!(decode(big).unwrap().text, "sélect");
    }

    #[test]
    fn a_nul_near_the_start_is_binary() {
        assert_eq!(decode(b"ELF\0\0".to_vec()), Err(SkipReason::Binary));
        assert!(decode(Vec::new()).is_ok());
    }
}
