//! The purposes that a chain must be made for: nodes are TLS client and TLS server at once.

use webpki::{Error, ExtendedKeyUsageValidator, KeyPurposeId, KeyPurposeIdIter, KeyUsage};

/// 1.3.6.1.5.5.7.3.1, as in a certificate (RFC 5280, section 4.2.1.12).
const SERVER: KeyPurposeId<'static> = KeyPurposeId::new(&[0x2b, 6, 1, 5, 5, 7, 3, 1]);
/// 1.3.6.1.5.5.7.3.2.
const CLIENT: KeyPurposeId<'static> = KeyPurposeId::new(&[0x2b, 6, 1, 5, 5, 7, 3, 2]);

/// Both sides of TLS. An authority's certificate that names no purposes may issue for all. A node's must name both: the
/// check of its form sees to that.
pub(super) struct BothSides;

impl ExtendedKeyUsageValidator for BothSides {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        let purposes = purposes.collect::<Result<Vec<_>, _>>()?;
        for (needed, usage) in [(SERVER, KeyUsage::server_auth()), (CLIENT, KeyUsage::client_auth())] {
            if !purposes.is_empty() && !purposes.contains(&needed) {
                let present = purposes.iter().map(KeyPurposeId::to_decoded_oid).collect();
                let context = webpki::RequiredEkuNotFoundContext { required: usage, present };
                return Err(Error::RequiredEkuNotFoundContext(context));
            }
        }
        Ok(())
    }
}
