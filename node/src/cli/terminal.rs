//! What commands take from the person in front of them: a confirmation, a URL, a reason.

use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Read};

use clap::Args;
use hotline_protocol::url::{MAX_URL_BYTES, ReportedUrl, refang};
use zeroize::Zeroizing;

use super::exit::CliError;
use super::output::tell;

/// Longest line that is read: the longest URL, defanged, with space around it.
const LINE_LIMIT_BYTES: usize = 4 * MAX_URL_BYTES;

/// For acts that destroy or cannot be undone.
#[derive(Args, Debug, Clone, Copy)]
pub(super) struct Confirmation {
    /// Do not ask; needed where there is no terminal
    #[arg(long)]
    pub yes: bool,
}

impl Confirmation {
    /// Asks at a terminal; elsewhere refuses without `--yes`. `question` ends with a question mark.
    pub(super) fn ask(self, question: &str) -> Result<(), CliError> {
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

/// Reads what a URL argument names: `-` standard input, `@FILE` a file, anything else the URL itself, with a warning
/// at a terminal. The first line counts; a defanged URL is taken too. Does not parse it.
pub(super) fn read_argument(argument: &str) -> Result<Zeroizing<String>, CliError> {
    let text = if argument == "-" {
        first_line(io::stdin().lock(), "standard input")?
    } else if let Some(path) = argument.strip_prefix('@') {
        first_line(File::open(path).map_err(|cause| CliError::file(path, cause))?, path)?
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
        return Err(CliError::Usage("there is nothing on the first line of what was given".into()));
    }
    let is_defanged =
        trimmed.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("hxxp")) || trimmed.contains("[.]");
    Ok(Zeroizing::new(if is_defanged { refang(trimmed) } else { trimmed.to_owned() }))
}

/// [`read_argument`], and parses the URL.
pub(super) fn read_url(argument: &str) -> Result<ReportedUrl, CliError> {
    ReportedUrl::parse(&read_argument(argument)?).map_err(|refused| CliError::refused(refused.to_string()))
}

fn first_line(source: impl Read, name: &str) -> Result<Zeroizing<String>, CliError> {
    // One byte more shows that there is more: a line that was cut could be taken as another, shorter URL.
    let mut source = io::BufReader::new(source.take(LINE_LIMIT_BYTES as u64 + 1));
    let mut line = Zeroizing::new(Vec::new());
    source.read_until(b'\n', &mut line).map_err(|cause| CliError::file(name, cause))?;
    if line.len() > LINE_LIMIT_BYTES {
        let fault = format!("the first line of {name} is longer than {LINE_LIMIT_BYTES} bytes; one URL is expected");
        return Err(CliError::refused(fault));
    }
    match std::str::from_utf8(&line) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(CliError::refused(format!("the first line of {name} is not UTF-8; save it as UTF-8"))),
    }
}

/// Refuses a remark that holds a URL: it is kept in the audit trail, where no URL may stand.
pub(super) fn without_url(what: &str, text: &str) -> Result<(), CliError> {
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

    #[test]
    fn a_url_is_read_from_a_file_also_defanged() {
        for (content, url) in [
            ("https://a.example/b\nsecond line\n", "https://a.example/b"),
            ("  hxxps://a[.]example/b[.]c\r\n", "https://a.example/b[.]c"),
            ("HXXP://a.example/", "HTTP://a.example/"),
        ] {
            let mut file = tempfile::NamedTempFile::new().expect("a file");
            file.write_all(content.as_bytes()).expect("written");
            let argument = format!("@{}", file.path().display());
            assert_eq!(read_argument(&argument).expect("read").as_str(), url);
        }
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
        assert!(without_url("the reason", "asked for by the court").is_ok());
        assert!(without_url("the reason", "see HTTP://a.example").is_err());
    }
}
