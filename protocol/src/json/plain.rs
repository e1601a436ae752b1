//! Lines as nearly everybody writes them, told apart in one pass: without spaces, odd escapes, nulls or many keys.
//!
//! A line that is plain is strict. The full check tells whether another line is strict, and its faults.

use super::{Limits, MAX_INTEGER};

/// Most keys in one object, as each is compared with all before it.
const KEYS: usize = 32;

/// Whether the text is exactly one strict object, written plainly.
pub(super) fn is_plain(text: &str, limits: Limits) -> bool {
    let mut rest = Rest { text: text.as_bytes(), at: 0 };
    rest.next() == Some(b'{') && limits.max_depth > 0 && rest.object(limits.max_depth - 1).is_some() && rest.is_at_end()
}

/// The rest of a text. Every method takes one thing, or gives `None` where it is not plain.
struct Rest<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Rest<'t> {
    fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn take(&mut self, expected: &[u8]) -> Option<()> {
        self.text[self.at.min(self.text.len())..].starts_with(expected).then(|| self.at += expected.len())
    }

    /// A value, with so many levels allowed inside.
    fn value(&mut self, levels: usize) -> Option<()> {
        match self.next()? {
            b'"' => self.string().map(drop),
            b'{' => self.object(levels.checked_sub(1)?),
            b'[' => self.array(levels.checked_sub(1)?),
            b't' => self.take(b"rue"),
            b'f' => self.take(b"alse"),
            digit @ b'0'..=b'9' => self.integer(digit),
            _ => None,
        }
    }

    /// The text after an object's first brace.
    fn object(&mut self, levels: usize) -> Option<()> {
        let mut keys: [&[u8]; KEYS] = [&[]; KEYS];
        let mut count = 0;
        if self.take(b"}").is_some() {
            return Some(());
        }
        loop {
            self.take(b"\"")?;
            let key = self.string()?;
            let is_simple = key.iter().all(|byte| byte.is_ascii() && *byte != b'\\');
            if !is_simple || count == KEYS || keys[..count].contains(&key) {
                return None;
            }
            keys[count] = key;
            count += 1;
            self.take(b":")?;
            self.value(levels)?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// The text after an array's first bracket.
    fn array(&mut self, levels: usize) -> Option<()> {
        if self.take(b"]").is_some() {
            return Some(());
        }
        loop {
            self.value(levels)?;
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// The text after a string's first quotation mark, up to its last one.
    fn string(&mut self) -> Option<&'t [u8]> {
        let begin = self.at;
        loop {
            match self.next()? {
                b'"' => return self.text.get(begin..self.at - 1),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    _ => return None,
                },
                0..=0x1f => return None,
                _ => {}
            }
        }
    }

    /// An integer's digits after its first one.
    fn integer(&mut self, first: u8) -> Option<()> {
        let mut number = u64::from(first - b'0');
        while let Some(digit @ b'0'..=b'9') = self.text.get(self.at) {
            if first == b'0' {
                return None;
            }
            number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            self.at += 1;
        }
        let goes_on = matches!(self.text.get(self.at), Some(b'.' | b'e' | b'E'));
        (number <= MAX_INTEGER && !goes_on).then_some(())
    }
}
