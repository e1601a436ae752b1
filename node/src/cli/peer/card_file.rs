//! A card as it comes out of a mail: one line that was folded on the way is one line again.

use hotline_protocol::card::CARD_BYTES_LIMIT;

/// Folded in lines of a few characters, each quoted, a card takes more room than by itself.
pub(super) const FILE_LIMIT: usize = 4 * CARD_BYTES_LIMIT;

/// Characters of an Ed25519 signature in base64url: where a card ends.
const SIGNATURE_LENGTH: usize = 86;

/// Undoes the changes that mail makes to one long line. These are folding, with or without the `=` of quoted-printable,
/// marks of quoting, spaces at both ends of each line, and CRLF. Returns the text as it is unless the rest is one card
/// and nothing besides: its reader then tells the fault. Nothing that is left out could be a part of a card, and the
/// signature tells whether the whole is there.
pub(super) fn unfolded(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').trim();
    let joined: String = text.lines().map(without_marks).collect();
    if is_one_card(&joined) { joined } else { text.to_owned() }
}

/// A line without the quoting before it, and without the soft break behind it.
fn without_marks(line: &str) -> &str {
    let line = line.trim_start_matches(|letter: char| letter == '>' || letter.is_whitespace()).trim_end();
    line.strip_suffix('=').unwrap_or(line)
}

/// Header, payload and a signature of its length, all in base64url.
fn is_one_card(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let parts: Vec<&str> = text.split('.').collect();
    let is_whole = matches!(parts[..], [header, payload, signature]
        if header.starts_with("eyJ") && payload.starts_with("eyJ") && signature.len() == SIGNATURE_LENGTH);
    is_whole && parts.iter().all(|part| part.bytes().all(is_letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> String {
        format!("eyJhbGciOiJFZERTQSJ9.eyJ{}.{}", "aB3-".repeat(300), "_x".repeat(43))
    }

    fn folded(width: usize, end: &str, before: &str) -> String {
        let card = card();
        let lines: Vec<&str> =
            card.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
        let lines: Vec<String> = lines.iter().map(|line| format!("{before}{line}")).collect();
        lines.join(end)
    }

    #[test]
    fn a_card_that_mail_folded_is_one_line_again() {
        for width in [60, 72, 75, 76, 78, 998] {
            for end in ["\n", "\r\n", " \n", " \r\n", "=\n", "=\r\n", "\n\n"] {
                for before in ["", "> ", ">> ", ">", "  ", "\t", " > > "] {
                    let text = format!("\u{feff}\r\n{}{end}", folded(width, end, before));
                    assert_eq!(unfolded(&text), card(), "{width} {end:?} {before:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_one_card_alone_stays_as_it_is() {
        let card = card();
        let twice = format!("{card}\n{card}");
        let in_a_letter = format!("Dear colleagues,\nhere is our card\n{card}");
        let signed = format!("{card}\n-- \nADesk");
        let cut = card[..card.len() - 1].to_owned();
        let changed = card.replacen("aB3-", "aB3+", 1);
        for text in [&twice, &in_a_letter, &signed, &cut, &changed, "", "eyJ.eyJ.", "a.b.c"] {
            assert_eq!(unfolded(text), text.trim(), "{text}");
        }
    }
}
