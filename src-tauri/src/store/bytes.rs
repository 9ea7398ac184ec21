//! Long arrays of documents, written at once: appended one by one they would be copied again and again.

use bson::RawDocumentBuf;
use bson::spec::ElementType;

/// Appends `name: [documents]` to the bytes of a document; `None`, and garbage, when that gets too long for BSON.
pub(super) fn append_array(document: &mut Vec<u8>, name: &str, documents: &[RawDocumentBuf]) -> Option<()> {
    const OVERHEAD: usize = 32;
    let room: usize = documents.iter().map(|one| one.as_bytes().len() + OVERHEAD).sum();
    document.reserve(room + name.len() + OVERHEAD);
    document.pop();
    document.push(ElementType::Array as u8);
    document.extend_from_slice(name.as_bytes());
    document.push(0);
    let array = document.len();
    document.extend_from_slice(&[0; 4]);
    for (at, one) in documents.iter().enumerate() {
        document.push(ElementType::EmbeddedDocument as u8);
        document.extend_from_slice(at.to_string().as_bytes());
        document.push(0);
        document.extend_from_slice(one.as_bytes());
    }
    document.push(0);
    write_length(document, array)?;
    document.push(0);
    write_length(document, 0)
}

fn write_length(document: &mut [u8], start: usize) -> Option<()> {
    let length = i32::try_from(document.len() - start).ok()?;
    document.get_mut(start..start + 4)?.copy_from_slice(&length.to_le_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    #[test]
    fn an_array_written_at_once_is_the_one_that_bson_would_write() {
        for count in [0, 1, 11] {
            let documents: Vec<RawDocumentBuf> = (0..count).map(|n| rawdoc! { "n": n }).collect();
            let mut bytes = rawdoc! { "insert": "items" }.into_bytes();
            append_array(&mut bytes, "documents", &documents).unwrap();
            let mut expected = rawdoc! { "insert": "items" };
            expected.append(bson::raw::cstr!("documents"), documents.into_iter().collect::<bson::RawArrayBuf>());
            assert_eq!(bytes, expected.into_bytes());
        }
    }
}
