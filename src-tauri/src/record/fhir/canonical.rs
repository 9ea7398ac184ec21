//! The bytes by which two copies of a resource are the same: sorted members, no version bookkeeping.

use serde_json::Value;

/// Members of `meta` that change whenever a server stores the same content again.
const BOOKKEEPING: [&str; 2] = ["versionId", "lastUpdated"];

pub(super) fn canonical(resource: &Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2048);
    let Some(members) = resource.as_object() else { return bytes };
    write_members(members.iter().filter(|(name, _)| *name != "meta"), &mut bytes);
    if let Some(meta) = resource.get("meta").and_then(Value::as_object) {
        write_members(meta.iter().filter(|(name, _)| !BOOKKEEPING.contains(&name.as_str())), &mut bytes);
    }
    bytes
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(members) => {
            out.push(b'{');
            write_members(members.iter(), out);
            out.push(b'}');
        }
        Value::Array(elements) => {
            out.push(b'[');
            for element in elements {
                write(element, out);
                out.push(b',');
            }
            out.push(b']');
        }
        Value::String(text) => write_text(text, out),
        scalar => out.extend_from_slice(scalar.to_string().as_bytes()),
    }
}

fn write_members<'a>(members: impl Iterator<Item = (&'a String, &'a Value)>, out: &mut Vec<u8>) {
    let mut sorted: Vec<_> = members.collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    for (name, value) in sorted {
        write_text(name, out);
        out.push(b':');
        write(value, out);
        out.push(b',');
    }
}

/// With its length in front, so that no text can look like another structure.
fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_same_content_in_another_order_and_version_is_the_same() {
        let one =
            json!({ "id": "1", "meta": { "versionId": "1", "lastUpdated": "2020" }, "code": { "a": 1, "b": [2, 3] } });
        let other = json!({ "code": { "b": [2, 3], "a": 1 }, "id": "1" });
        assert_eq!(canonical(&one), canonical(&other));
    }

    #[test]
    fn other_content_another_order_of_a_list_or_another_tag_is_different() {
        let base = json!({ "id": "1", "code": [2, 3], "meta": { "tag": [1] } });
        let reordered = json!({ "id": "1", "code": [3, 2], "meta": { "tag": [1] } });
        let untagged = json!({ "id": "1", "code": [2, 3] });
        assert_ne!(canonical(&base), canonical(&reordered));
        assert_ne!(canonical(&base), canonical(&untagged));
    }
}
