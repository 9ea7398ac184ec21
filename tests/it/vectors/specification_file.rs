//! What a file of the drivers' specification tests says: its parts, why one isn't run here, what matches what.

use bson::{Array, Binary, Bson, Document, bson, doc};

/// The documents of an array; none where there is no such array.
pub fn objects(document: &Document, name: &str) -> Vec<Document> {
    let items = document.get_array(name).map_or(&[][..], |items| items.as_slice());
    items.iter().filter_map(|one| one.as_document().cloned()).collect()
}

/// A text of a document.
pub fn text<'d>(document: &'d Document, name: &str) -> Option<&'d str> {
    document.get_str(name).ok()
}

/// Every encrypted value with this first byte.
pub fn binaries(document: &Document, form: u8) -> Vec<Binary> {
    document.values().flat_map(|value| inside(value, form)).collect()
}

fn inside(value: &Bson, form: u8) -> Vec<Binary> {
    match value {
        Bson::Document(doc) => binaries(doc, form),
        Bson::Array(items) => items.iter().flat_map(|value| inside(value, form)).collect(),
        Bson::Binary(binary)
            if binary.bytes.first() == Some(&form) && binary.subtype == bson::spec::BinarySubtype::Encrypted =>
        {
            vec![binary.clone()]
        }
        _ => vec![],
    }
}

const KNOWN: [&str; 16] = [
    "insertOne",
    "insertMany",
    "find",
    "aggregate",
    "updateOne",
    "replaceOne",
    "findOneAndUpdate",
    "deleteOne",
    "runCommand",
    "clientBulkWrite",
    "getKey",
    "getKeyByAltName",
    "createDataKey",
    "decrypt",
    "wait",
    "encrypt",
];

/// Why a test can't be run here.
pub fn obstacle(file: &Document, test: &Document) -> Option<String> {
    let requirements = [objects(file, "runOnRequirements"), objects(test, "runOnRequirements")].concat();
    let too_old = |set: &Document| {
        let newest = set.get_str("maxServerVersion").unwrap_or("99");
        newest.split('.').next().and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major < 8)
    };
    if !requirements.is_empty() && requirements.iter().all(too_old) {
        return Some("is about a server older than 8".into());
    }
    let mut services = false;
    for operation in objects(test, "operations") {
        let name = operation.get_str("name").unwrap_or_default().to_owned();
        if !KNOWN.contains(&name.as_str()) {
            return Some(format!("{name} is the driver's"));
        }
        if name == "runCommand" {
            let command = operation.get_document("arguments").and_then(|arguments| arguments.get_document("command"));
            let known = command
                .is_ok_and(|command| command.keys().next().is_some_and(|name| name.contains("StructuredEncryption")));
            if !known {
                return Some("is about a command the store doesn't have".into());
            }
        }
        if [4, 5, 6, 7, 9, 10].iter().any(|form| !binaries(&operation, *form).is_empty()) {
            return Some("is about values of the first version, which the store refuses".into());
        }
        if name == "aggregate" && operation.to_string().contains("$unwind") {
            return Some("its pipeline does more than a find".into());
        }
        if name == "createDataKey"
            && operation.to_string().contains("masterKey")
            && operation.to_string().contains("\"local\"")
        {
            return Some("a local root is asked for by its name, which leaves no room for more".into());
        }
        let provider = operation.get_document("arguments").and_then(|arguments| arguments.get_str("kmsProvider"));
        services |= provider.is_ok_and(|provider| !provider.starts_with("local"));
    }
    let data = objects(file, "initialData");
    let vault: Vec<Document> =
        data.iter().filter(|data| text(data, "databaseName") == Some("keyvault")).cloned().collect();
    let keys = vault.iter().flat_map(|data| objects(data, "documents"));
    let provider =
        |key: &Document| key.get_document("masterKey").and_then(|master| master.get_str("provider")).map(str::to_owned);
    let reads_only =
        objects(test, "operations").iter().all(|one| one.get_str("name").is_ok_and(|name| name.starts_with("getKey")));
    services |= !reads_only && keys.clone().any(|key| provider(&key).is_ok_and(|name| !name.starts_with("local")));
    services |= !reads_only && needs_service(file);
    if services {
        return Some("its keys are wrapped by a service that can't be asked offline".into());
    }
    let stored: Vec<Document> = data.iter().flat_map(|data| objects(data, "documents")).collect();
    if [4, 5, 6, 7, 9, 10].iter().any(|form| stored.iter().any(|one| !binaries(one, *form).is_empty())) {
        return Some("starts from values of the first version, which the store refuses".into());
    }
    None
}

/// Whether some client has no local root at all.
fn needs_service(file: &Document) -> bool {
    objects(file, "createEntities").iter().any(|entity| {
        let options = entity.get_document("client").and_then(|client| client.get_document("autoEncryptOpts"));
        let providers = options.and_then(|options| options.get_document("kmsProviders").cloned());
        providers.is_ok_and(|providers| !providers.keys().any(|name| name.starts_with("local")))
    })
}

/// A legacy file as the unified form writes it, for one of its tests.
pub fn modern(file: &Document, test: &Document) -> (Document, Document) {
    let database = file.get_str("database_name").unwrap_or("default");
    let collection = file.get_str("collection_name").unwrap_or("default");
    let mut create = Document::new();
    if let Ok(fields) = file.get_document("encrypted_fields") {
        create.insert("encryptedFields", fields.clone());
    }
    if let Ok(schema) = file.get_document("json_schema") {
        create.insert("validator", doc! { "$jsonSchema": schema.clone() });
    }
    let mut client = doc! { "id": "client" };
    if let Ok(options) = test.get_document("clientOptions").and_then(|all| all.get_document("autoEncryptOpts")) {
        client.insert("autoEncryptOpts", options.clone());
    }
    let entities = bson!([
        { "client": client }, { "database": { "id": "db", "client": "client", "databaseName": database } },
        { "collection": { "id": "coll", "database": "db", "collectionName": collection } },
    ]);
    let initial = bson!([
        { "databaseName": "keyvault", "collectionName": "datakeys", "documents": objects(file, "key_vault_data") },
        { "databaseName": database, "collectionName": collection, "documents": objects(file, "data"), "createOptions": create },
    ]);
    let modern =
        doc! { "createEntities": entities, "initialData": initial, "runOnRequirements": objects(file, "runOn") };
    (modern, modern_test(test, database, collection))
}

fn modern_test(test: &Document, database: &str, collection: &str) -> Document {
    let operations: Array = objects(test, "operations")
        .into_iter()
        .map(|mut operation| {
            let on_database =
                text(&operation, "object") == Some("database") || text(&operation, "name") == Some("runCommand");
            operation.insert("object", if on_database { "db" } else { "coll" });
            match operation.remove("result") {
                Some(Bson::Document(error)) if error.keys().any(|name| name.starts_with("error")) => {
                    drop(operation.insert("expectError", error))
                }
                Some(expected) => drop(operation.insert("expectResult", expected)),
                None => {}
            }
            Bson::Document(operation)
        })
        .collect();
    let event = |expected: &Document| bson!({ "commandStartedEvent": expected.get("command_started_event").cloned().unwrap_or(Bson::Null) });
    let events: Array = objects(test, "expectations").iter().map(event).collect();
    let mut modern = doc! { "operations": operations, "expectEvents": [{ "events": events }] };
    if let Ok(outcome) = test.get_document("outcome").and_then(|outcome| outcome.get_document("collection")) {
        let name = outcome.get_str("name").unwrap_or(collection);
        modern.insert(
            "outcome",
            bson!([{ "databaseName": database, "collectionName": name, "documents": objects(outcome, "data") }]),
        );
    }
    modern
}

/// Whether a value is what a file expects; a document at the root may hold more.
pub fn matches(expected: &Bson, actual: &Bson, root: bool) -> Result<(), String> {
    match (expected, actual) {
        (Bson::Document(special), actual) if special.keys().next().is_some_and(|name| name.starts_with("$$")) => {
            special_match(special, actual)
        }
        (Bson::Document(expected), Bson::Document(actual)) => {
            for (name, expected) in expected {
                let absent = || format!("{name} is missing");
                match (actual.get(name), expected.as_document().is_some_and(|one| one.contains_key("$$unsetOrMatches")))
                {
                    (None, true) => {}
                    (found, _) => {
                        matches(expected, found.ok_or_else(absent)?, false).map_err(|why| format!("{name}: {why}"))?
                    }
                }
            }
            let more = actual.keys().find(|name| !expected.contains_key(name));
            more.filter(|_| !root).map_or(Ok(()), |name| Err(format!("{name} is too much")))
        }
        (Bson::Array(expected), Bson::Array(actual)) if expected.len() == actual.len() => {
            expected.iter().zip(actual).try_for_each(|(expected, actual)| matches(expected, actual, root))
        }
        (Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_), Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_)) => {
            let number =
                |value: &Bson| value.as_f64().or(value.as_i64().map(|n| n as f64)).or(value.as_i32().map(f64::from));
            if number(expected) == number(actual) { Ok(()) } else { Err(format!("{expected} isn't {actual}")) }
        }
        _ if expected == actual => Ok(()),
        _ => Err(format!("{expected} isn't {actual}")),
    }
}

fn special_match(special: &Document, actual: &Bson) -> Result<(), String> {
    let (name, wanted) = special.iter().next().unwrap();
    match name.as_str() {
        "$$unsetOrMatches" | "$$matchesEntity" => matches(wanted, actual, false),
        "$$type" => {
            let name = match actual {
                Bson::Binary(_) => "binData",
                Bson::Array(_) => "array",
                Bson::Document(_) => "object",
                Bson::DateTime(_) => "date",
                Bson::Int32(_) => "int",
                Bson::Int64(_) => "long",
                Bson::String(_) => "string",
                _ => "another",
            };
            let wanted = match wanted {
                Bson::Array(names) => names.iter().filter_map(Bson::as_str).any(|one| one == name),
                one => one.as_str() == Some(name),
            };
            if wanted { Ok(()) } else { Err(format!("{actual} has another type")) }
        }
        _ => Ok(()),
    }
}

/// The form names of a kind of query before it was released; the bytes are the same.
pub fn without_preview(value: &Bson) -> Bson {
    match value {
        Bson::Document(inner) => inner
            .iter()
            .map(|(name, one)| match one.as_str().and_then(|text| text.strip_suffix("Preview")) {
                Some(released) if name == "queryType" => (name.clone(), Bson::from(released)),
                _ => (name.clone(), without_preview(one)),
            })
            .collect::<Document>()
            .into(),
        Bson::Array(items) => Bson::Array(items.iter().map(without_preview).collect()),
        other => other.clone(),
    }
}
