//! Input from the person in front of a command: a confirmation, a URL, a reason.

use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Read};

use clap::Args;
use zeroize::Zeroizing;

use super::exit::CliError;
use super::output::tell;
use crate::intake::reading::{Reader, TEXT_LIMIT_BYTES, UrlNotRead, UrlReadAs, UrlReading};

/// For acts that destroy or cannot be undone.
#[derive(Args, Debug, Clone, Copy)]
pub(crate) struct Confirmation {
    /// Do not ask; needed where there is no terminal
    #[arg(long)]
    pub yes: bool,
}

impl Confirmation {
    /// Asks at a terminal; elsewhere refuses without `--yes`. `question` ends with a question mark.
    pub(crate) fn ask(self, question: &str) -> Result<(), CliError> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(CliError::refused(format!("{question} There is no terminal to ask at; add --yes")));
        }
        tell(&format!("{question} Type yes to go on:"));
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map_err(|cause| CliError::file("standard input", cause))?;
        if answer.trim() == "yes" { Ok(()) } else { Err(CliError::refused("nothing was done")) }
    }
}

/// Reads the text that a URL argument names: `-` standard input, `@FILE` a file, anything else the URL itself, with a
/// warning at a terminal. Gives all of it, without white space around it, and does not parse it.
pub(crate) fn read_argument(argument: &str) -> Result<Zeroizing<String>, CliError> {
    let text = if argument == "-" {
        whole(io::stdin().lock(), "standard input")?
    } else if let Some(path) = argument.strip_prefix('@') {
        whole(File::open(path).map_err(|cause| CliError::file(path, cause))?, path)?
    } else {
        if io::stderr().is_terminal() {
            tell(
                "warning: what is typed here stands in the shell's history and the process list; give URLs with - or @FILE",
            );
        }
        Zeroizing::new(argument.to_owned())
    };
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(CliError::Usage("there is nothing in what was given; one URL is expected".into()));
    }
    Ok(Zeroizing::new(trimmed.to_owned()))
}

/// [`read_argument`], read as one URL. Tells the person on standard error where it was not written as it is read.
pub(crate) fn read_url(argument: &str) -> Result<UrlReading, CliError> {
    let reading = Reader::default().one(&read_argument(argument)?).map_err(not_read)?;
    tell_read(&reading.shown());
    Ok(reading)
}

/// Tells the person how a URL was read.
pub(crate) fn tell_read(read: &UrlReadAs) {
    read.sentences().for_each(|sentence| tell(&sentence));
}

/// The error for a text that is no URL, with the next step.
pub(crate) fn not_read(refused: UrlNotRead) -> CliError {
    let next = match refused {
        UrlNotRead::Several { .. } | UrlNotRead::TooMany | UrlNotRead::Glued => {
            "; give one at a time, or a file with a row for each to report import"
        }
        _ => "",
    };
    CliError::refused(format!("{refused}{next}"))
}

fn whole(source: impl Read, name: &str) -> Result<Zeroizing<String>, CliError> {
    // One byte more shows that there is more: a text that was cut could be taken as another, shorter URL.
    let mut text = Zeroizing::new(Vec::new());
    let mut source = source.take(TEXT_LIMIT_BYTES as u64 + 1);
    source.read_to_end(&mut text).map_err(|cause| CliError::file(name, cause))?;
    if text.len() > TEXT_LIMIT_BYTES {
        let fault = format!("{name} is longer than {TEXT_LIMIT_BYTES} bytes; one URL is expected");
        return Err(CliError::refused(fault));
    }
    match std::str::from_utf8(&text) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(CliError::refused(format!("{name} is not UTF-8; save it as UTF-8"))),
    }
}

/// Longest remark, in bytes: it stands in the audit trail for ever, and some of them in another hotline's, too.
pub(super) const REMARK_LIMIT_BYTES: usize = 1_000;

/// Refuses a remark that is too long, or that holds a URL: it is kept in the audit trail, where no URL may stand. `what` is
/// the argument's name.
pub(crate) fn check_remark(what: &str, text: &str) -> Result<(), CliError> {
    if text.len() > REMARK_LIMIT_BYTES {
        let length = text.len();
        let fault = format!("{what} may have {REMARK_LIMIT_BYTES} bytes, and has {length}; shorten it");
        return Err(CliError::Usage(fault));
    }
    let lower = text.to_ascii_lowercase();
    if lower.contains("://") || lower.contains("www.") {
        return Err(CliError::Usage(format!("{what} may hold no URL: it is kept in the audit trail")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read_from_file(content: &str) -> Result<UrlReading, CliError> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(content.as_bytes()).expect("written");
        read_url(&format!("@{}", file.path().display()))
    }

    #[test]
    fn a_url_is_read_from_a_file_also_defanged() {
        for (content, url) in [
            ("https://a.example/b\n\n", "https://a.example/b"),
            ("\u{feff}\r\nhttps://a.example/b\r\n", "https://a.example/b"),
            ("  hxxps://a[.]example/b[.]c\r\n", "https://a.example/b.c"),
            ("HXXP://a.example/", "HTTP://a.example/"),
        ] {
            assert_eq!(read_from_file(content).expect(content).url.as_given(), url);
        }
    }

    #[test]
    fn a_file_of_several_urls_is_refused_with_their_number_and_the_way_to_report_them() {
        for content in ["https://a.example/b\nhttps://c.example/d\n", "hxxp://a[.]example, hxxp://c[.]example"] {
            let refused = read_from_file(content).expect_err(content).to_string();
            assert!(refused.contains("2 URLs") && refused.contains("report import"), "{refused}");
        }
        let refused = read_from_file("https://a.example/b\nsecond line\n").expect_err("a line too many");
        assert!(refused.to_string().contains("one line"), "{refused}");
    }

    #[test]
    fn an_empty_or_missing_file_and_no_url_are_refused() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        assert!(matches!(read_url(&format!("@{}", file.path().display())), Err(CliError::Usage(_))));
        assert!(matches!(read_url("@/nowhere/at/all"), Err(CliError::File { .. })));
        assert!(matches!(read_url("ftp://a.example/"), Err(CliError::Refused(_))));
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_and_never_cut() {
        let long = "a".repeat(100_000);
        for line in [format!("https://a.example/{long}"), format!("    hxxps://a[.]example/{}", "[.]".repeat(10_000))] {
            let mut file = tempfile::NamedTempFile::new().expect("a file");
            file.write_all(line.as_bytes()).expect("written");
            let refused = read_url(&format!("@{}", file.path().display())).expect_err("it is too long");
            assert!(refused.to_string().contains("longer than"), "{refused}");
        }
    }

    #[test]
    fn a_reason_holds_no_url() {
        assert!(check_remark("the reason", "asked for by the court").is_ok());
        assert!(check_remark("the reason", "see HTTP://a.example").is_err());
    }

    #[test]
    fn a_remark_that_is_too_long_is_refused_with_its_name_the_limit_and_its_length() {
        assert!(check_remark("--reason", &"r".repeat(REMARK_LIMIT_BYTES)).is_ok());
        let refused = check_remark("--reason", &"é".repeat(501)).expect_err("too long").to_string();
        assert_eq!(refused, "--reason may have 1000 bytes, and has 1002; shorten it");
    }
}
