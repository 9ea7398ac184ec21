//! A driver with query analysis, as far as the tests need one: clear commands in, what goes to the store out.
//!
//! Payloads are libmongocrypt's own (explicit encryption); what is done here is what a server's query analysis says
//! about which values are encrypted and how.

use bson::spec::{BinarySubtype, ElementType};
use bson::{Array, Binary, Bson, Document, RawBson, RawDocumentBuf, bson, doc};
use uuid::Uuid;
use wardseal::crypt::{Algorithm, Crypt, CryptError, Encryption, KeyName, QueryType};

/// Why a client sends nothing.
#[derive(Debug)]
pub enum Refused {
    /// Query analysis.
    Analysis(#[expect(dead_code, reason = "shown by Debug")] String),
    /// libmongocrypt.
    Crypt(#[expect(dead_code, reason = "shown by Debug")] CryptError),
}

impl From<CryptError> for Refused {
    fn from(error: CryptError) -> Self {
        Self::Crypt(error)
    }
}

type Answer<T> = Result<T, Refused>;

/// One encrypted field.
#[derive(Clone, Debug)]
pub struct Field {
    pub path: String,
    pub key: Uuid,
    pub kind: Kind,
    bson_type: Option<String>,
}

/// How a field is encrypted.
#[derive(Clone, Debug)]
pub enum Kind {
    Unindexed,
    Equality(i64),
    Range(RawDocumentBuf, i64),
    Text(RawDocumentBuf, i64),
    Deterministic,
    Random,
}

/// Reads `encryptedFields`.
pub fn fields_of(encrypted_fields: &Document) -> Vec<Field> {
    let Ok(fields) = encrypted_fields.get_array("fields") else { return vec![] };
    fields.iter().filter_map(|field| Field::parse(field.as_document()?)).collect()
}

/// Reads a CSFLE schema (`properties: {name: {encrypt: …}}`).
pub fn fields_of_schema(schema: &Document, above: &str) -> Vec<Field> {
    let Ok(properties) = schema.get_document("properties") else { return vec![] };
    let of = |(name, property): (&String, &Bson)| {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        let Some(property) = property.as_document() else { return vec![] };
        match property.get_document("encrypt") {
            Ok(encrypt) => csfle(path, encrypt).into_iter().collect(),
            Err(_) => fields_of_schema(property, &path),
        }
    };
    properties.iter().flat_map(of).collect()
}

fn csfle(path: String, encrypt: &Document) -> Option<Field> {
    let key = uuid(encrypt.get_array("keyId").ok()?.first()?)?;
    let kind =
        if encrypt.get_str("algorithm").ok()?.ends_with("Deterministic") { Kind::Deterministic } else { Kind::Random };
    Some(Field { path, key, kind, bson_type: encrypt.get_str("bsonType").ok().map(str::to_owned) })
}

fn uuid(value: &Bson) -> Option<Uuid> {
    match value {
        Bson::Binary(binary) => Uuid::from_slice(&binary.bytes).ok(),
        _ => None,
    }
}

impl Field {
    fn parse(field: &Document) -> Option<Self> {
        let queries: Vec<&Document> = match field.get("queries") {
            Some(Bson::Document(query)) => vec![query],
            Some(Bson::Array(queries)) => queries.iter().filter_map(Bson::as_document).collect(),
            _ => vec![],
        };
        let kind = match queries.first() {
            None => Kind::Unindexed,
            Some(first) => {
                let contention = first.get("contention").map_or(8, whole);
                match first.get_str("queryType").ok()? {
                    "equality" => Kind::Equality(contention),
                    "range" => Kind::Range(range_options(first), contention),
                    _ => Kind::Text(text_options(&queries), contention),
                }
            }
        };
        let bson_type = field.get_str("bsonType").ok().map(str::to_owned);
        Some(Self { path: field.get_str("path").ok()?.into(), key: uuid(field.get("keyId")?)?, kind, bson_type })
    }

    fn accepts(&self, value: &Bson) -> bool {
        self.bson_type.as_deref().is_none_or(|name| name == type_name(value))
    }

    fn how(&self, query: Option<QueryType>) -> Encryption<'static> {
        let algorithm = match &self.kind {
            Kind::Unindexed => Algorithm::Unindexed,
            Kind::Equality(contention) => Algorithm::Indexed { contention: *contention },
            Kind::Range(options, contention) => Algorithm::Range { options: options.clone(), contention: *contention },
            Kind::Text(options, contention) => Algorithm::Text { options: options.clone(), contention: *contention },
            Kind::Deterministic => Algorithm::Deterministic,
            Kind::Random => Algorithm::Random,
        };
        Encryption { key: KeyName::Id(self.key), index_key: None, algorithm, query }
    }

    /// The payload to store.
    pub fn seal(&self, crypt: &Crypt, value: &Bson) -> Answer<Bson> {
        if !self.accepts(value) {
            return Err(Refused::Analysis(format!("Cannot encrypt element of type: {:?}", value.element_type())));
        }
        self.encrypt(crypt, value, None)
    }

    fn encrypt(&self, crypt: &Crypt, value: &Bson, query: Option<QueryType>) -> Answer<Bson> {
        let value = RawBson::try_from(value.clone()).map_err(|_| Refused::Analysis("no BSON".into()))?;
        Ok(Bson::Binary(crypt.encrypt(value.as_raw_bson_ref(), &self.how(query))?))
    }

    /// The payloads that find a range: `(operator, value)` pairs become `{$and: […]}`.
    pub fn range(&self, crypt: &Crypt, bounds: &[(&str, Bson)]) -> Answer<Array> {
        if bounds.iter().any(|(_, value)| !self.accepts(value)) {
            return Err(Refused::Analysis("field type is not supported".into()));
        }
        let and: Array =
            bounds.iter().map(|(operator, value)| bson!({ &self.path: { *operator: value.clone() } })).collect();
        let asked = RawDocumentBuf::try_from(&doc! { "v": { "$and": and } }).unwrap();
        let made = crypt.encrypt_expression(&asked, &self.how(Some(QueryType::Range)))?;
        let made = Document::try_from(made).unwrap();
        Ok(made.get_document("v").unwrap().get_array("$and").unwrap().clone())
    }

    fn text(&self, crypt: &Crypt, value: &Bson, query: QueryType) -> Answer<Bson> {
        self.encrypt(crypt, value, Some(query))
    }

    fn equality(&self, crypt: &Crypt, value: &Bson) -> Answer<Bson> {
        match self.kind {
            _ if !self.accepts(value) => Err(Refused::Analysis("another type than the field's".into())),
            Kind::Equality(_) => self.encrypt(crypt, value, Some(QueryType::Equality)),
            Kind::Deterministic => self.encrypt(crypt, value, None),
            _ => Err(Refused::Analysis("can't be queried: the field is encrypted".into())),
        }
    }
}

/// As a number, whatever its width.
pub fn whole(value: &Bson) -> i64 {
    match value {
        Bson::Int64(n) => *n,
        Bson::Int32(n) => i64::from(*n),
        Bson::Double(n) => *n as i64,
        other => panic!("not a whole number: {other:?}"),
    }
}

/// As a 32-bit number.
fn int(value: &Bson) -> i32 {
    i32::try_from(whole(value)).unwrap()
}

fn range_options(query: &Document) -> RawDocumentBuf {
    let mut options = Document::new();
    for name in ["min", "max"] {
        query.get(name).into_iter().for_each(|value| drop(options.insert(name, value.clone())));
    }
    query.get("sparsity").into_iter().for_each(|n| drop(options.insert("sparsity", whole(n))));
    for name in ["trimFactor", "precision"] {
        query.get(name).into_iter().for_each(|n| drop(options.insert(name, int(n))));
    }
    RawDocumentBuf::try_from(&options).unwrap()
}

fn text_options(queries: &[&Document]) -> RawDocumentBuf {
    let flag = |name| queries[0].get_bool(name).unwrap_or(false);
    let mut options = doc! {
        "caseSensitive": flag("caseSensitive"), "diacriticSensitive": flag("diacriticSensitive"),
    };
    for query in queries {
        let kind = query.get_str("queryType").unwrap();
        let mut of_kind = Document::new();
        for name in ["strMaxLength", "strMaxQueryLength", "strMinQueryLength"] {
            query.get(name).into_iter().for_each(|n| drop(of_kind.insert(name, int(n))));
        }
        options.insert(kind.strip_suffix("Preview").unwrap_or(kind), of_kind);
    }
    RawDocumentBuf::try_from(&options).unwrap()
}

fn type_name(value: &Bson) -> &'static str {
    match value.element_type() {
        ElementType::Double => "double",
        ElementType::String => "string",
        ElementType::EmbeddedDocument => "object",
        ElementType::Array => "array",
        ElementType::Binary => "binData",
        ElementType::ObjectId => "objectId",
        ElementType::Boolean => "bool",
        ElementType::DateTime => "date",
        ElementType::RegularExpression => "regex",
        ElementType::JavaScriptCode => "javascript",
        ElementType::Int32 => "int",
        ElementType::Timestamp => "timestamp",
        ElementType::Int64 => "long",
        ElementType::Decimal128 => "decimal",
        _ => "another",
    }
}

/// Whether already encrypted.
fn is_sealed(value: &Bson) -> bool {
    matches!(value, Bson::Binary(Binary { subtype: BinarySubtype::Encrypted, .. }))
}

/// One collection as a client sees it.
pub struct Client<'c> {
    /// libmongocrypt; its map names the collection.
    pub crypt: &'c Crypt,
    /// What is encrypted.
    pub fields: &'c [Field],
}

impl Client<'_> {
    fn field(&self, path: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.path == path)
    }

    /// A document, or the fields of a `$set`, with payloads in place of clear values.
    pub fn document(&self, document: &Document) -> Answer<Document> {
        self.inside(document, "")
    }

    fn inside(&self, document: &Document, above: &str) -> Answer<Document> {
        let mut sealed = Document::new();
        for (name, value) in document {
            let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
            let value = match (self.field(&path), value) {
                (Some(field), value) if !is_sealed(value) => field.seal(self.crypt, value)?,
                (None, Bson::Document(inner)) => Bson::Document(self.inside(inner, &path)?),
                (_, value) => value.clone(),
            };
            sealed.insert(name, value);
        }
        Ok(sealed)
    }

    /// A filter with payloads in place of the values that encrypted fields are compared with.
    pub fn filter(&self, filter: &Document) -> Answer<Document> {
        let mut all: Array = vec![];
        for (name, value) in filter {
            match (name.as_str(), value) {
                ("$and" | "$or" | "$nor", Bson::Array(branches)) => {
                    let branches = branches.iter().map(|one| self.filter(one.as_document().unwrap()).map(Bson::from));
                    all.push(bson!({ name: branches.collect::<Answer<Array>>()? }));
                }
                ("$expr", value) => all.push(bson!({ "$expr": self.expression(value)? })),
                (path, value) => match self.field(path) {
                    Some(field) => all.extend(self.predicate(field, value)?),
                    None => all.push(bson!({ path: value.clone() })),
                },
            }
        }
        match all.len() {
            0 => Ok(Document::new()),
            1 => Ok(all.remove(0).as_document().unwrap().clone()),
            _ => Ok(doc! { "$and": all }),
        }
    }

    fn predicate(&self, field: &Field, value: &Bson) -> Answer<Array> {
        let operators = match value {
            Bson::Document(operators) if operators.keys().next().is_some_and(|name| name.starts_with('$')) => {
                operators.clone()
            }
            value => doc! { "$eq": value.clone() },
        };
        if matches!(field.kind, Kind::Range(..)) { self.ranges(field, operators) } else { self.plain(field, operators) }
    }

    fn plain(&self, field: &Field, operators: Document) -> Answer<Array> {
        let mut all = vec![];
        for (operator, value) in operators {
            let value = match (operator.as_str(), value) {
                ("$exists", value) => value,
                ("$not", inner) => {
                    all.push(bson!({ "$nor": self.predicate(field, &inner)? }));
                    continue;
                }
                ("$in" | "$nin", Bson::Array(values)) => {
                    values.iter().map(|one| field.equality(self.crypt, one)).collect::<Answer<Array>>()?.into()
                }
                ("$eq" | "$ne", value) => field.equality(self.crypt, &value)?,
                (other, _) => return Err(Refused::Analysis(format!("{other} can't be asked of an encrypted field"))),
            };
            all.push(bson!({ &field.path: { operator: value } }));
        }
        Ok(all)
    }

    fn ranges(&self, field: &Field, operators: Document) -> Answer<Array> {
        let (mut bounds, mut all): (Vec<(&str, Bson)>, Array) = (vec![], vec![]);
        let equal = |value: &Bson| field.range(self.crypt, &[("$gte", value.clone()), ("$lte", value.clone())]);
        for (operator, value) in &operators {
            match (operator.as_str(), value) {
                (side @ ("$gt" | "$gte" | "$lt" | "$lte"), value) => bounds.push((side, value.clone())),
                ("$eq", value) => all.push(bson!({ "$and": equal(value)? })),
                ("$ne", value) => all.push(bson!({ "$nor": [{ "$and": equal(value)? }] })),
                (name @ ("$in" | "$nin"), Bson::Array(values)) => {
                    let any = values.iter().map(|one| Ok(bson!({ "$and": equal(one)? })));
                    let any = any.collect::<Answer<Array>>()?;
                    all.push(if name == "$in" { bson!({ "$or": any }) } else { bson!({ "$nor": any }) });
                }
                ("$not", inner) => all.push(bson!({ "$nor": [{ "$and": self.predicate(field, inner)? }] })),
                ("$exists", value) => all.push(bson!({ &field.path: { "$exists": value.clone() } })),
                (other, _) => return Err(Refused::Analysis(format!("{other} can't be asked of an encrypted field"))),
            }
        }
        if !bounds.is_empty() {
            all.extend(field.range(self.crypt, &bounds)?);
        }
        Ok(all)
    }

    fn expression(&self, value: &Bson) -> Answer<Bson> {
        let (name, operand) = value.as_document().and_then(|doc| doc.iter().next()).expect("an operator");
        let part = match name.as_str() {
            "$and" | "$or" | "$not" => {
                let inner = operand.as_array().unwrap().iter().map(|one| self.expression(one));
                return Ok(bson!({ name: inner.collect::<Answer<Array>>()? }));
            }
            "$encStrStartsWith" => ("prefix", QueryType::Prefix),
            "$encStrEndsWith" => ("suffix", QueryType::Suffix),
            "$encStrContains" => ("substring", QueryType::Substring),
            "$eq" | "$ne" => {
                let [input, wanted] = operand.as_array().unwrap().as_slice() else { panic!("two operands") };
                let field = self.field(input.as_str().unwrap().trim_start_matches('$'));
                let Some(field) = field else { return Ok(value.clone()) };
                return Ok(bson!({ name: [input.clone(), field.equality(self.crypt, wanted)?] }));
            }
            other => return Err(Refused::Analysis(format!("{other} is not known"))),
        };
        let mut operand = operand.as_document().unwrap().clone();
        let field = self.field(operand.get_str("input").unwrap().trim_start_matches('$')).expect("an encrypted field");
        let asked = field.text(self.crypt, operand.get(part.0).unwrap(), part.1)?;
        operand.insert(part.0, asked);
        Ok(bson!({ name: operand }))
    }
}
