//! Circles: files that name each other, so that none can be understood before the others. Paths are read from the
//! sources and followed through re-exports. Module roots only collect, and are left out; a `mod.rs` beside tests alone
//! is a file like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Names of modules from the crate's root on, and perhaps of an item at the end.
type Names = Vec<String>;

/// The modules of one crate.
pub(crate) struct Modules {
    /// Each module's file.
    files: BTreeMap<Names, PathBuf>,
    /// What each module imports or passes on under which name.
    imports: BTreeMap<Names, BTreeMap<String, Names>>,
    /// All paths that each module names.
    paths: BTreeMap<Names, Vec<Names>>,
}

impl Modules {
    /// Reads a crate's sources. `root` holds `lib.rs`.
    pub(crate) fn read(root: &Path, sources: &[PathBuf]) -> std::io::Result<Self> {
        let mut all = Self { files: BTreeMap::new(), imports: BTreeMap::new(), paths: BTreeMap::new() };
        for file in sources {
            let Some(module) = module_of(root, file) else { continue };
            all.files.insert(module, file.clone());
        }
        for (module, file) in &all.files {
            let code = words(without_tests(&fs::read_to_string(file)?));
            let (uses, mut paths) = named(&code);
            let imports = uses.iter().filter_map(|(path, name)| Some((name.clone(), all.absolute(module, path)?)));
            all.imports.insert(module.clone(), imports.collect());
            paths.extend(uses.into_iter().map(|(path, _)| path));
            all.paths.insert(module.clone(), paths);
        }
        Ok(all)
    }

    /// Groups of files each of which can be reached from each other one of its group.
    pub(crate) fn circles(&self) -> Vec<Vec<&Path>> {
        let reached: BTreeMap<&Path, BTreeSet<&Path>> = self.graph();
        let closure: BTreeMap<&Path, BTreeSet<&Path>> =
            reached.keys().map(|file| (*file, from(file, &reached))).collect();
        let mut circles: BTreeSet<Vec<&Path>> = BTreeSet::new();
        for (file, there) in &closure {
            let with: Vec<&Path> = there.iter().copied().filter(|other| closure[other].contains(file)).collect();
            if with.len() > 1 {
                circles.insert(with);
            }
        }
        circles.into_iter().collect()
    }

    /// The number of imports from file to file.
    pub(crate) fn edges(&self) -> usize {
        self.graph().values().map(BTreeSet::len).sum()
    }

    /// Which files each file names.
    fn graph(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let is_root = |module: &[String], file: &Path| {
            let mut within = self.files.keys().filter(|other| other.len() > module.len() && other.starts_with(module));
            let collects = within.any(|other| !other.iter().skip(module.len()).any(|name| name.contains("test")));
            file.ends_with("lib.rs") || (file.ends_with("mod.rs") && collects)
        };
        let roots: BTreeSet<&Path> =
            self.files.iter().filter(|(module, file)| is_root(module, file)).map(|(_, file)| file.as_path()).collect();
        let counted = |file: &Path| !roots.contains(file);
        let mut graph: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
        for (module, file) in self.files.iter().filter(|(_, file)| counted(file)) {
            let named = self.paths[module].iter().filter_map(|path| self.file_of(&self.absolute(module, path)?, 0));
            graph.insert(file, named.filter(|other| counted(other) && other != file).collect());
        }
        graph
    }

    /// A path from the crate's root on; nothing for paths into other crates.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<Names> {
        let mut at = module.to_vec();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => (at, rest) = (Vec::new(), path.get(1..)?),
            "self" => rest = path.get(1..)?,
            "super" => {
                while rest.first().is_some_and(|word| word == "super") {
                    at.pop()?;
                    rest = rest.get(1..)?;
                }
            }
            first => {
                at.push(first.to_owned());
                if !self.files.contains_key(&at) {
                    return None;
                }
                rest = path.get(1..)?;
            }
        }
        at.extend_from_slice(rest);
        Some(at)
    }

    /// The file that an absolute path leads into, through whatever passes the name on.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&Path> {
        let known =
            (0..=path.len()).rev().find(|length| self.files.contains_key(path.get(..*length).unwrap_or_default()))?;
        let (module, rest) = path.split_at(known);
        let passed_on = rest.first().and_then(|name| self.imports.get(module)?.get(name));
        match passed_on {
            Some(on) if depth < 8 => {
                let on: Names = on.iter().chain(rest.get(1..)?).cloned().collect();
                self.file_of(&on, depth + 1)
            }
            _ => self.files.get(module).map(PathBuf::as_path),
        }
    }
}

/// Everything that is reached from a file, over any number of others.
fn from<'a>(file: &'a Path, graph: &BTreeMap<&'a Path, BTreeSet<&'a Path>>) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut open = vec![file];
    while let Some(next) = open.pop() {
        for other in graph.get(next).into_iter().flatten() {
            if reached.insert(*other) {
                open.push(other);
            }
        }
    }
    reached
}

fn module_of(root: &Path, file: &Path) -> Option<Names> {
    let within = file.strip_prefix(root).ok()?;
    let mut names: Names =
        within.iter().map(|part| part.to_string_lossy().trim_end_matches(".rs").to_owned()).collect();
    if names.last().is_some_and(|last| ["mod", "lib"].contains(&last.as_str())) {
        names.pop();
    }
    (within != Path::new("main.rs")).then_some(names)
}

/// A source as far as the module of its tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

/// The words and signs of a source, without comments and texts.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = rest.strip_prefix('r').filter(|raw| raw.trim_start_matches('#').starts_with('"')) {
            let hashes = raw.len() - raw.trim_start_matches('#').len();
            let end = format!("\"{}", "#".repeat(hashes));
            let begin = 2 + hashes;
            begin + rest.get(begin..).and_then(|rest| rest.find(&end)).unwrap_or(0) + end.len()
        } else if first == '"' {
            text_length(rest)
        } else if first == '\'' {
            character_length(rest)
        } else if is_word(first) {
            let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            words.push(rest.get(..length).unwrap_or_default().to_owned());
            length
        } else if rest.starts_with("::") {
            words.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                words.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    words
}

fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// A character between two apostrophes, or the apostrophe of a lifetime alone.
fn character_length(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), Some(_)) => letters.find(|(_, letter)| *letter == '\'').map_or(rest.len(), |(at, _)| at + 1),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// What `use` brings in, each path with the name that it gets, and all other paths.
fn named(words: &[String]) -> (Vec<(Names, String)>, Vec<Names>) {
    let mut uses = Vec::new();
    let mut paths = Vec::new();
    let mut at = 0;
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    while at < words.len() {
        if word(at) == "use" && word(at + 1) != "<" {
            at = tree(words, at + 1, &[], &mut uses) + 1;
            continue;
        }
        let mut path = vec![word(at).to_owned()];
        while word(at + 1) == "::" && word(at + 2).starts_with(|letter: char| letter.is_alphabetic() || letter == '_') {
            path.push(word(at + 2).to_owned());
            at += 2;
        }
        if path.len() > 1 {
            paths.push(path);
        }
        at += 1;
    }
    (uses, paths)
}

/// One branch of a `use`; gives the place behind it.
fn tree(words: &[String], mut at: usize, before: &[String], uses: &mut Vec<(Names, String)>) -> usize {
    let mut path = before.to_vec();
    let word = |at: usize| words.get(at).map_or(";", String::as_str);
    loop {
        match word(at) {
            "{" => {
                at += 1;
                while word(at) != "}" && word(at) != ";" {
                    at = tree(words, at, &path, uses);
                    if word(at) == "," {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "::" => at += 1,
            "*" => return at + 1,
            "as" => {
                if let Some(last) = uses.last_mut() {
                    word(at + 1).clone_into(&mut last.1);
                }
                return at + 2;
            }
            ";" | "," | "}" => return at,
            name => {
                if name != "self" || path.is_empty() {
                    path.push(name.to_owned());
                }
                at += 1;
                if word(at) != "::" {
                    uses.push((path.clone(), path.last().cloned().unwrap_or_default()));
                }
            }
        }
    }
}
