//! libmongocrypt's provider document, written in place so that no copy of a credential is left by a growing buffer.

use super::credentials::Field;
use zeroize::Zeroizing;

/// `{"<name>": {"<field>": …}, …}`.
pub(super) fn document(providers: &[(&str, &[Field])]) -> Zeroizing<Vec<u8>> {
    let inner: usize = providers.iter().map(|(name, fields)| name.len() + 2 + length(fields)).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(inner + 5));
    number(&mut out, inner + 5);
    for (name, fields) in providers {
        begin(&mut out, 0x03, name);
        number(&mut out, length(fields));
        fields.iter().for_each(|field| put(&mut out, field));
        out.push(0);
    }
    out.push(0);
    out
}

fn length(fields: &[Field]) -> usize {
    let of = |field: &Field| match field {
        Field::Text(name, text) => name.len() + 2 + 4 + text.len() + 1,
        Field::Bytes(name, bytes) => name.len() + 2 + 5 + bytes.len(),
    };
    fields.iter().map(of).sum::<usize>() + 5
}

fn put(out: &mut Vec<u8>, field: &Field) {
    match field {
        Field::Text(name, text) => {
            begin(out, 0x02, name);
            number(out, text.len() + 1);
            out.extend_from_slice(text.as_bytes());
            out.push(0);
        }
        Field::Bytes(name, bytes) => {
            begin(out, 0x05, name);
            number(out, bytes.len());
            out.push(0);
            out.extend_from_slice(bytes);
        }
    }
}

fn begin(out: &mut Vec<u8>, kind: u8, name: &str) {
    out.push(kind);
    out.extend_from_slice(name.as_bytes());
    out.push(0);
}

fn number(out: &mut Vec<u8>, value: usize) {
    out.extend_from_slice(&u32::try_from(value).unwrap_or(0).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::{Document, doc, spec::BinarySubtype};

    #[test]
    fn it_is_the_document_that_bson_would_have_written() {
        let fields = [
            Field::Text("email", Zeroizing::new("a@b".to_owned())),
            Field::Bytes("privateKey", Zeroizing::new(vec![1, 2, 3])),
        ];
        let written = document(&[("gcp:clinical", &fields), ("local:clinical", &fields[1..])]);
        let key = bson::Binary { subtype: BinarySubtype::Generic, bytes: vec![1, 2, 3] };
        let expected: Document = doc! { "gcp:clinical": { "email": "a@b", "privateKey": key.clone() }, "local:clinical": { "privateKey": key } };
        assert_eq!(Document::from_reader(written.as_slice()).unwrap(), expected);
        assert_eq!(written.capacity(), written.len());
    }
}
