//! The trial cluster's description says what it must: what it starts is pinned, guarded and reachable from this machine
//! only, and its secrets lie in files that are only read.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn docker() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docker")
}

fn compose() -> Value {
    yaml::read(&std::fs::read_to_string(docker().join("compose.yml")).unwrap())
}

fn services() -> Map<String, Value> {
    compose()["services"].as_object().unwrap().clone()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().map_or(&[][..], Vec::as_slice).iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// A version of three numbers, so that tomorrow the same is started.
fn is_pinned(image: &str) -> bool {
    let Some((name, tag)) = image.rsplit_once(':') else { return false };
    let version = tag.split('-').next().unwrap();
    !name.is_empty() && version.split('.').count() == 3 && version.split('.').all(|part| part.parse::<u32>().is_ok())
}

#[test]
fn every_image_is_pinned() {
    for (name, service) in services() {
        match service["image"].as_str() {
            Some(image) => assert!(is_pinned(image), "{name}: {image}"),
            None => {
                let folder = docker().join(service["build"]["context"].as_str().unwrap());
                let file =
                    std::fs::read_to_string(folder.join(service["build"]["dockerfile"].as_str().unwrap())).unwrap();
                let from: Vec<_> = file.lines().filter_map(|line| line.strip_prefix("FROM ")).collect();
                assert!(!from.is_empty() && from.iter().all(|image| is_pinned(image)), "{name}: {from:?}");
                let packages = file.lines().filter(|line| line.contains("pip install"));
                for package in packages.flat_map(str::split_whitespace).filter(|word| word.contains("==")) {
                    let listed = include_str!("../peers.txt").lines().any(|line| line == package);
                    assert!(listed, "{package} isn't the one of the tests");
                }
            }
        }
    }
    assert!(!is_pinned("mongo:8") && !is_pinned("mongo:latest") && !is_pinned("mongo"));
}

#[test]
fn nothing_runs_as_root_or_writes_where_it_should_not_and_each_says_when_it_is_ready() {
    for (name, service) in services() {
        let user = service["user"].as_str().unwrap_or_else(|| panic!("{name} names no user"));
        let ids: Vec<u32> = user.split(':').map(|id| id.parse().unwrap()).collect();
        assert!(ids.len() == 2 && ids.iter().all(|id| *id > 0), "{name}: {user}");
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(texts(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(texts(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        for forbidden in ["privileged", "cap_add", "pid", "ipc", "devices"] {
            assert!(service.get(forbidden).is_none(), "{name}: {forbidden}");
        }
        let ends_by_itself = service["restart"] == "no" && service["depends_on"].is_object();
        let checked = texts(&service["healthcheck"]["test"]).first().is_some_and(|word| word == "CMD");
        assert!(ends_by_itself || checked, "{name} has no health check");
        let mounts = texts(&service["volumes"]);
        for mount in mounts.iter().filter(|mount| mount.starts_with(['.', '/'])) {
            assert!(mount.ends_with(":ro"), "{name}: {mount}");
        }
    }
}

#[test]
fn nothing_is_published_beyond_this_machine() {
    let mut published = 0;
    for (name, service) in services() {
        for port in texts(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:") && port.matches(':').count() == 2, "{name}: {port}");
            published += 1;
        }
        assert_ne!(service["network_mode"], "host", "{name}");
    }
    assert_eq!(published, 5, "three members, the key server, the log server");
}

#[test]
fn secrets_come_from_files_that_are_not_in_the_checkout() {
    let compose = compose();
    let secrets = compose["secrets"].as_object().unwrap();
    let mut used = BTreeMap::new();
    for (name, service) in services() {
        for secret in texts(&service["secrets"]) {
            assert!(secrets.contains_key(&secret), "{name}: {secret}");
            *used.entry(secret).or_insert(0) += 1;
        }
        let environment = serde_json::to_string(&service["environment"]).unwrap().to_lowercase();
        assert!(["password", "secret", "key", "token"].iter().all(|word| !environment.contains(word)), "{name}");
    }
    let ignored = std::fs::read_to_string(docker().join("../.gitignore")).unwrap();
    assert!(ignored.lines().any(|line| line == "/docker/trial/secrets/"), "git must not see them");
    for (name, secret) in secrets {
        let file = secret["file"].as_str().unwrap();
        assert!(file.starts_with("./trial/secrets/") && used.contains_key(name), "{name}: {file}");
    }
}

#[test]
fn the_members_of_the_cluster_speak_tls_with_everybody_and_ask_who_it_is() {
    let conf = yaml::read(&std::fs::read_to_string(docker().join("trial/mongod.conf")).unwrap());
    assert_eq!(conf["net"]["tls"]["mode"], "requireTLS");
    assert_eq!(conf["security"]["authorization"], "enabled");
    assert_eq!(conf["security"]["clusterAuthMode"], "x509");
    assert_eq!(conf["setParameter"]["authenticationMechanisms"], "SCRAM-SHA-256,MONGODB-X509");
    let set = conf["replication"]["replSetName"].as_str().unwrap();
    let setup = std::fs::read_to_string(docker().join("trial/setup.js")).unwrap();
    assert!(setup.contains(&format!("_id: \"{set}\"")));
    let members: Vec<_> = services().into_iter().filter(|(name, _)| name.starts_with("mongo")).collect();
    assert_eq!(members.len(), 3);
    for (name, member) in members {
        assert!(setup.contains(&format!("\"{name}\"")) && member["hostname"] == name.as_str(), "{name}");
        assert_eq!(member["image"], services()["setup"]["image"]);
    }
}

#[test]
fn the_accounts_of_the_trial_have_the_roles_that_are_printed_for_it_to_make() {
    let file = docker().join("trial/roles.json");
    let role = |role: wardseal::store::atlas::Role| {
        let command = role.command();
        serde_json::json!({ "role": role.name, "privileges": command.get_array("privileges").unwrap(), "roles": [] })
    };
    let roles: Vec<Value> = wardseal::store::atlas::roles().into_iter().map(role).collect();
    let printed = serde_json::to_string_pretty(&serde_json::json!({ "roles": roles })).unwrap() + "\n";
    if std::env::var_os("WARDSEAL_UPDATE").is_some() {
        std::fs::write(&file, &printed).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept == printed, "print it anew: WARDSEAL_UPDATE=1 cargo test --test it trial_cluster");
    let setup = std::fs::read_to_string(docker().join("trial/setup.js")).unwrap();
    assert!(setup.contains("wardsealApplication") && !setup.contains("wardsealAudit"));
}

/// As much of YAML as these files need: maps, lists, words, anchors with `&`, `*` and `<<`.
mod yaml {
    use serde_json::{Map, Value};
    use std::collections::HashMap;

    struct Lines<'t> {
        left: Vec<(usize, &'t str)>,
        anchors: HashMap<String, Value>,
    }

    pub fn read(text: &str) -> Value {
        let kept = text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
        let mut left: Vec<_> = kept.map(|line| (line.len() - line.trim_start().len(), line.trim())).collect();
        left.reverse();
        let mut lines = Lines { left, anchors: HashMap::new() };
        let read = lines.map(0);
        assert!(lines.left.is_empty(), "not understood: {:?}", lines.left.last());
        read
    }

    impl Lines<'_> {
        fn map(&mut self, indent: usize) -> Value {
            let mut map = Map::new();
            while let Some((_, line)) = self.left.last().copied().filter(|(at, _)| *at == indent) {
                self.left.pop();
                let (name, rest) = line.split_once(':').unwrap_or_else(|| panic!("not understood: {line}"));
                let (anchor, rest) = match rest.trim().strip_prefix('&') {
                    Some(named) => named.split_once(' ').map_or((Some(named), ""), |(name, rest)| (Some(name), rest)),
                    None => (None, rest.trim()),
                };
                let value = if rest.is_empty() { self.below(indent) } else { self.word(rest) };
                if let Some(anchor) = anchor {
                    self.anchors.insert(anchor.to_owned(), value.clone());
                }
                match (name, value) {
                    ("<<", Value::Object(merged)) => {
                        merged.into_iter().for_each(|(name, value)| _ = map.entry(name).or_insert(value))
                    }
                    (name, value) => {
                        assert!(map.insert(name.to_owned(), value).is_none() || name != "image", "twice: {name}")
                    }
                }
            }
            map.into()
        }

        fn below(&mut self, indent: usize) -> Value {
            match self.left.last() {
                Some((deeper, _)) if *deeper > indent => {
                    let deeper = *deeper;
                    self.map(deeper)
                }
                _ => Value::Null,
            }
        }

        fn word(&self, text: &str) -> Value {
            match text {
                "{}" => Value::Object(Map::new()),
                "true" => true.into(),
                "false" => false.into(),
                _ if text.starts_with('*') => self.anchors[&text[1..]].clone(),
                _ if text.starts_with('[') => list(text),
                _ => text.trim_matches('"').into(),
            }
        }
    }

    /// Words between brackets; those with a comma inside are quoted.
    fn list(text: &str) -> Value {
        let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap();
        let (mut words, mut word, mut quoted) = (vec![], String::new(), false);
        for letter in inside.chars() {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted => words.push(std::mem::take(&mut word)),
                _ => word.push(letter),
            }
        }
        words.push(word);
        words.iter().map(|word| Value::from(word.trim())).collect()
    }
}
