//! Files of certificates as other programs write them: with a byte order mark, in UTF-16, or in any order.

use std::borrow::Cow;

use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Windows' editors begin a file in UTF-8 with it.
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// The content without a byte order mark: the reader of PEM would pass over the first block in silence.
pub(crate) fn without_mark(content: &[u8]) -> &[u8] {
    content.strip_prefix(UTF8_MARK).unwrap_or(content)
}

/// The content without a byte order mark, and as bytes where it is UTF-16, as `>` in a Windows shell writes. Not for
/// keys: the copy is not wiped.
pub(crate) fn plain(content: &[u8]) -> Cow<'_, [u8]> {
    let (rest, low, high) = match content {
        [0xff, 0xfe, rest @ ..] => (rest, 0, 1),
        [0xfe, 0xff, rest @ ..] => (rest, 1, 0),
        _ => return Cow::Borrowed(without_mark(content)),
    };
    // PEM is ASCII; anything else becomes a letter that no block has.
    let letter = |pair: &[u8]| if pair[high] == 0 { pair[low] } else { b'?' };
    Cow::Owned(rest.chunks_exact(2).map(letter).collect())
}

/// Returns the chain: first the certificate that `is_own` accepts, behind it each one's issuer, and last those that
/// lead nowhere. Leaves out a root above others, as the receiver of the chain has it, and certificates that stand there
/// twice. Unchanged where none is the own one.
pub(crate) fn own_first(
    chain: Vec<CertificateDer<'static>>,
    is_own: impl Fn(&X509Certificate<'_>) -> bool,
) -> Vec<CertificateDer<'static>> {
    let is_own = |der: &CertificateDer<'static>| read(der).is_some_and(|certificate| is_own(&certificate));
    let Some(place) = chain.iter().position(is_own) else { return chain };
    let mut left = chain;
    let mut ordered = vec![left.remove(place)];
    left.retain(|other| *other != ordered[0] && !is_root(other));
    while let Some(place) = left.iter().position(|other| ordered.last().is_some_and(|last| has_issued(other, last))) {
        ordered.push(left.remove(place));
    }
    for other in left {
        if !ordered.contains(&other) {
            ordered.push(other);
        }
    }
    ordered
}

/// Whether a certificate is one of an authority: no node shows such a one as its own.
pub(crate) fn is_authority(certificate: &X509Certificate<'_>) -> bool {
    certificate.basic_constraints().is_ok_and(|found| found.is_some_and(|found| found.value.ca))
}

fn has_issued(issuer: &CertificateDer<'_>, issued: &CertificateDer<'_>) -> bool {
    let (Some(issuer), Some(issued)) = (read(issuer), read(issued)) else { return false };
    issuer.subject().as_raw() == issued.issuer().as_raw()
}

fn is_root(der: &CertificateDer<'_>) -> bool {
    read(der).is_some_and(|certificate| certificate.subject().as_raw() == certificate.issuer().as_raw())
}

fn read<'d>(der: &'d CertificateDer<'_>) -> Option<X509Certificate<'d>> {
    X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate)
}

#[cfg(test)]
mod tests {
    use rustls_pki_types::pem::PemObject as _;

    use super::*;
    use crate::trust::authority::test_authority::TestAuthority;

    #[test]
    fn a_chain_is_put_in_order_however_it_comes() {
        let root = TestAuthority::root("Example root");
        let upper = root.below("Example upper", |_| {});
        let lower = upper.below("Example lower", |_| {});
        let leaf = CertificateDer::from(lower.node("fr-example", |_| {}).der().to_vec());
        let (root, upper, lower) = (root.der(), upper.der(), lower.der());
        let stranger = TestAuthority::root("Stranger").below("Strange", |_| {}).der();
        let ordered = |chain: Vec<CertificateDer<'static>>| own_first(chain, |certificate| !is_authority(certificate));
        let expected = vec![leaf.clone(), lower.clone(), upper.clone()];
        for chain in [
            vec![leaf.clone(), lower.clone(), upper.clone()],
            vec![upper.clone(), lower.clone(), leaf.clone()],
            vec![root.clone(), lower.clone(), leaf.clone(), upper.clone(), leaf.clone(), lower.clone()],
        ] {
            assert_eq!(ordered(chain), expected);
        }
        let with_stranger = ordered(vec![stranger.clone(), upper.clone(), leaf.clone()]);
        assert_eq!(with_stranger, [leaf, stranger, upper.clone()]);
        assert_eq!(ordered(vec![upper.clone(), root.clone()]), [upper, root], "none is a node's");
    }

    #[test]
    fn a_file_is_read_whatever_mark_it_begins_with() {
        let pem = TestAuthority::root("Example root").pem();
        let units = || pem.encode_utf16();
        let marked: [Vec<u8>; 4] = [
            pem.as_bytes().to_vec(),
            [UTF8_MARK, pem.as_bytes()].concat(),
            [&[0xff, 0xfe][..], &units().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat(),
            [&[0xfe, 0xff][..], &units().flat_map(u16::to_be_bytes).collect::<Vec<_>>()].concat(),
        ];
        for content in marked {
            let found: Vec<_> = CertificateDer::pem_slice_iter(&plain(&content)).flatten().collect();
            assert_eq!(found.len(), 1, "{content:?}");
        }
    }
}
