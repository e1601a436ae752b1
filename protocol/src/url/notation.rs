//! The marks that people and tools write in a URL so that it is no link: one table, for writing and for reading.
//!
//! The table holds the notations of tools. `CyberChef` writes `hxxp`, `[.]`, `[://]`, everywhere in the URL. The
//! packages are `defang` (`hXXp`, `[.]` in the host, `[:]//`), `ioc_fanger` (`hXXp`, `[.]` everywhere, `(at)`), and
//! `fanger`. MISP and `iocextract` read `hxtp`, `htxp`, `h**p`, `h[tt]p`, `meow`, `[dot]`, `(dot)`, `(.)`, `\.`, `[:]`,
//! `[/]`, `[@]`.

/// A word in the place of `http`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// `http` itself.
    Http,
    /// `hxxp`, in any case.
    Hxxp,
    /// One of [`OTHER_WORDS`], by its place.
    Other(usize),
}

/// Rarer words; they count with a separator alone.
const OTHER_WORDS: [&str; 5] = ["hxtp", "htxp", "h**p", "h[tt]p", "meow"];

/// A scheme and its separator, at the beginning of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scheme {
    pub word: Word,
    /// As it is plainly: `http://` or `https://`, in the case that was written.
    pub plain: String,
    /// Whether the separator is `://`, without brackets.
    pub separator_is_plain: bool,
    /// Its bytes in the text.
    pub length: usize,
}

/// How a dot is written, other than `[.]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dot {
    /// `(.)`.
    Round,
    /// `{.}`.
    Curly,
    /// `\.`.
    Backslash,
    /// `[dot]`, `(dot)`, `{dot}`, in any case.
    Word,
}

/// A mark at the beginning of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    /// Stands for this text wherever it is in a defanged URL.
    For(&'static str),
    /// A dot, if the host has dots that are written so.
    Dot(Dot),
    /// A scheme inside the URL.
    Scheme(Scheme),
    /// `hxxp` without a separator.
    BareWord,
}

const SQUARE: [(&str, &str); 10] = [
    ("[://]", "://"),
    ("[.]", "."),
    ("[:]", ":"),
    ("[/]", "/"),
    ("[@]", "@"),
    ("[at]", "@"),
    // Written by `defang` where the URL itself has a text like a mark.
    ("[[]", "["),
    ("[(]", "("),
    ("[{]", "{"),
    ("[\\]", "\\"),
];

const DOTS: [(&str, Dot); 6] = [
    ("(.)", Dot::Round),
    ("{.}", Dot::Curly),
    ("\\.", Dot::Backslash),
    ("[dot]", Dot::Word),
    ("(dot)", Dot::Word),
    ("{dot}", Dot::Word),
];

/// The mark at the beginning of a text, and its bytes.
pub(super) fn mark_at(text: &str) -> Option<(Mark, usize)> {
    match text.as_bytes().first()? {
        b'[' | b'(' | b'{' | b'\\' => bracket_at(text),
        b'h' | b'H' | b'm' | b'M' => word_mark_at(text),
        _ => None,
    }
}

fn bracket_at(text: &str) -> Option<(Mark, usize)> {
    if let Some(letter) = held_letter(text) {
        return Some((Mark::For(letter), 3));
    }
    let fixed = SQUARE.iter().chain(&[("(at)", "@"), ("{at}", "@")]);
    if let Some((written, plain)) = fixed.into_iter().find(|(written, _)| begins(text, written)) {
        return Some((Mark::For(plain), written.len()));
    }
    DOTS.iter().find(|(written, _)| begins(text, written)).map(|(written, dot)| (Mark::Dot(*dot), written.len()))
}

/// The first letter of a scheme's word between brackets: the word is the URL's own.
fn held_letter(text: &str) -> Option<&'static str> {
    let letter = match text.as_bytes().get(..3)? {
        b"[h]" => "h",
        b"[H]" => "H",
        b"[m]" => "m",
        b"[M]" => "M",
        _ => return None,
    };
    let rest = &text[3..];
    let words = ["http", "hxxp"].into_iter().chain(OTHER_WORDS);
    words.into_iter().any(|word| word[..1].eq_ignore_ascii_case(letter) && begins(rest, &word[1..])).then_some(letter)
}

fn word_mark_at(text: &str) -> Option<(Mark, usize)> {
    match scheme_at(text) {
        Some(Scheme { word: Word::Http, separator_is_plain: true, .. }) => None,
        Some(scheme) => {
            let length = scheme.length;
            Some((Mark::Scheme(scheme), length))
        }
        None => begins(text, "hxxp").then_some((Mark::BareWord, 4)),
    }
}

/// The scheme with its separator at the beginning of a text, defanged or not.
pub(super) fn scheme_at(text: &str) -> Option<Scheme> {
    let (word, written) = word_at(text)?;
    let mut plain = match word {
        Word::Http => written.to_owned(),
        Word::Hxxp => plain_word(written),
        Word::Other(_) => "http".to_owned(),
    };
    let mut rest = &text[written.len()..];
    if let Some(letter) = rest.get(..1).filter(|letter| letter.eq_ignore_ascii_case("s")) {
        plain.push_str(letter);
        rest = &rest[1..];
    }
    let (length, separator_is_plain) = separator_at(rest)?;
    plain.push_str("://");
    Some(Scheme { word, plain, separator_is_plain, length: text.len() - rest.len() + length })
}

fn word_at(text: &str) -> Option<(Word, &str)> {
    let of = |word: Word, length: usize| Some((word, &text[..length]));
    if begins(text, "http") {
        return of(Word::Http, 4);
    }
    if begins(text, "hxxp") {
        return of(Word::Hxxp, 4);
    }
    let place = OTHER_WORDS.iter().position(|word| begins(text, word))?;
    of(Word::Other(place), OTHER_WORDS[place].len())
}

/// `hxxp` with its `x` turned to `t`. `hXXp` is how tools write `http`; in any other case the letters keep theirs.
pub(super) fn plain_word(written: &str) -> String {
    if written == "hXXp" {
        return "http".to_owned();
    }
    let turn = |letter| match letter {
        'x' => 't',
        'X' => 'T',
        other => other,
    };
    written.chars().map(turn).collect()
}

/// `://`, each of its characters or several of them perhaps between brackets: `[://]`, `[:]//`, `:[//]`, `(:)//`.
/// Gives its bytes, and whether it is without brackets. Stops behind the second slash, as a bracket may open an address.
fn separator_at(text: &str) -> Option<(usize, bool)> {
    let mut wanted = "://".chars().peekable();
    let (mut closing, mut is_plain) = (None, true);
    for (place, found) in text.char_indices() {
        if wanted.peek().is_none() && closing.is_none() {
            return Some((place, is_plain));
        }
        match found {
            _ if closing == Some(found) => closing = None,
            _ if wanted.peek() == Some(&found) => drop(wanted.next()),
            '[' | '(' | '{' if closing.is_none() => {
                closing = Some(closing_of(found));
                is_plain = false;
            }
            _ => return None,
        }
    }
    (wanted.peek().is_none() && closing.is_none()).then_some((text.len(), is_plain))
}

const fn closing_of(opening: char) -> char {
    match opening {
        '(' => ')',
        '{' => '}',
        _ => ']',
    }
}

/// Whether a text begins with the ASCII text `start`, in any case.
fn begins(text: &str, start: &str) -> bool {
    text.as_bytes().get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start.as_bytes()))
}
