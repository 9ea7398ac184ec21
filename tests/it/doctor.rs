//! The doctor names what stands in the way: each fault is brought about for real.

use crate::kms::authority::{Authority, Pair};
use crate::kms::server::{Reply, Server, now};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, UdpSocket};
use wardseal::clock::Timestamp;
use wardseal::crypt::kms::Surroundings;
use wardseal::doctor::{Doctor, Fault, Finding};
use wardseal::net::{CertificateFault, Limits, NetError, Tls, Validity};

fn doctor(trusting: &Authority) -> Doctor {
    let second = Duration::from_secs(1);
    Doctor {
        servers: vec![],
        clusters: vec![],
        expected_signers: vec![],
        tls: Tls::new(Some(trusting.pem.as_bytes()), None).unwrap(),
        limits: Limits { connect: second, answer: second, tries: 1, pause: second / 100 },
        dns: None,
        surroundings: Surroundings::default(),
        home: trusting.folder().to_owned(),
        system: PathBuf::from("/"),
        now: Timestamp(now() * 1000),
    }
}

/// The faults, without those of this machine.
async fn faults(doctor: &Doctor) -> Vec<Fault> {
    let machine = ["disk", "web view", "scanners"];
    let findings = doctor.examine().await;
    let found = findings.into_iter().filter(|one| !machine.contains(&one.about.as_str()));
    let faults: Vec<Fault> = found.filter_map(|one| one.fault).collect();
    faults
        .iter()
        .for_each(|fault| assert!(fault.hand_on().contains(": ") && fault.hand_on().ends_with('.'), "{fault}"));
    faults
}

async fn only(doctor: &Doctor) -> Fault {
    let mut found = faults(doctor).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// An HTTPS server whose clock is off by so many seconds.
fn https(pair: &Pair, off: i64) -> Server {
    let answering = move |_: &crate::kms::server::Heard| {
        let at = time::OffsetDateTime::from_unix_timestamp(now() + off).unwrap();
        let date = at.format(&time::format_description::well_known::Rfc2822).unwrap().replace("+0000", "GMT");
        Reply::Bytes(format!("HTTP/1.1 404 None\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n").into_bytes())
    };
    Server::start(Some(pair), Arc::new(answering))
}

#[tokio::test]
async fn where_all_is_well_nothing_is_found() {
    let authority = Authority::named("Ward CA");
    let server = https(&authority.server(90), 0);
    let servers = vec![format!("https://{}", server.address)];
    let doctor = Doctor { servers, expected_signers: vec!["Ward CA".into()], ..doctor(&authority) };
    assert_eq!(faults(&doctor).await, []);
    let seen: Vec<String> = doctor.examine().await.into_iter().map(|one| one.seen).collect();
    assert!(seen.contains(&"TLS 1.3, signed by \"Ward CA\"".to_owned()), "{seen:?}");
}

#[tokio::test]
async fn a_closed_port_a_filtered_one_and_an_unknown_name_are_told_apart() {
    let authority = Authority::named("Ward CA");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let looking = Doctor { servers: vec![closed.clone()], ..doctor(&authority) };
    assert_eq!(only(&looking).await, Fault::Net(NetError::Closed(closed.clone())));
    assert!(only(&looking).await.hand_on().contains(&closed));

    // A queue of one that nobody empties: the system drops what comes then, as a filter does.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(1).unwrap();
    let address = full.local_addr().unwrap();
    let mut waiting = vec![];
    for _ in 0..8 {
        let connecting = tokio::time::timeout(Duration::from_millis(300), tokio::net::TcpStream::connect(address));
        waiting.push(connecting.await);
    }
    let looking = Doctor { servers: vec![address.to_string()], ..doctor(&authority) };
    assert_eq!(only(&looking).await, Fault::Net(NetError::Silent(address.to_string())));

    let looking = Doctor { servers: vec!["ward.invalid:27017".into()], ..doctor(&authority) };
    assert_eq!(only(&looking).await, Fault::Net(NetError::NoName("ward.invalid".into())));
}

#[tokio::test]
async fn a_proxy_is_named_where_it_would_be_used_and_the_way_is_shut() {
    let authority = Authority::named("Ward CA");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let set = ("HTTPS_PROXY", "http://user:secret@proxy.ward.example:3128");
    let looking = |variables: Vec<(&str, &str)>| Doctor {
        servers: vec![closed.clone()],
        surroundings: Surroundings::of(&variables),
        ..doctor(&authority)
    };
    let fault = only(&looking(vec![set])).await;
    let proxy = "http://proxy.ward.example:3128".to_owned();
    assert_eq!(fault, Fault::Proxy { error: NetError::Closed(closed.clone()), proxy });
    assert!(!format!("{fault}{}", fault.hand_on()).contains("secret"));
    let exempt = looking(vec![set, ("NO_PROXY", "localhost,127.0.0.1")]);
    assert_eq!(only(&exempt).await, Fault::Net(NetError::Closed(closed.clone())));
    let system = tempfile::tempdir().unwrap();
    std::fs::create_dir(system.path().join("etc")).unwrap();
    std::fs::write(system.path().join("etc/environment"), "https_proxy=\"http://proxy:8080\"\n").unwrap();
    let of_system = Doctor { system: system.path().to_owned(), ..looking(vec![]) };
    assert!(matches!(only(&of_system).await, Fault::Proxy { proxy, .. } if proxy == "http://proxy:8080"));
}

#[tokio::test]
async fn whoever_looks_into_tls_is_named_by_who_signed() {
    let (ours, theirs) = (Authority::named("Ward CA"), Authority::named("Corporate TLS Inspection CA"));
    let server = https(&theirs.server(90), 0);
    let address = server.address.to_string();
    let inspection = Fault::Inspection { server: address.clone(), signer: "Corporate TLS Inspection CA".to_owned() };
    // Not trusted here; or trusted, because somebody rolled it out, and not expected; or known by its name.
    let untrusted = Doctor { servers: vec![address.clone()], ..doctor(&ours) };
    assert_eq!(only(&untrusted).await, inspection);
    let expecting = vec!["Ward CA".to_owned()];
    let unexpected = Doctor { servers: vec![address.clone()], expected_signers: expecting, ..doctor(&theirs) };
    assert_eq!(only(&unexpected).await, inspection);
    let by_name = Doctor { servers: vec![address], ..doctor(&theirs) };
    assert_eq!(only(&by_name).await, inspection);
    assert!(inspection.hand_on().contains("exempt"));
}

#[tokio::test]
async fn a_server_that_knows_only_tls_1_1_and_one_that_speaks_something_else_are_told() {
    let authority = Authority::named("Ward CA");
    // A ServerHello of TLS 1.1 with TLS_RSA_WITH_AES_128_CBC_SHA.
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    let block_page = b"HTTP/1.1 403 Blocked by policy\r\nContent-Length: 0\r\n\r\n".to_vec();
    for (answer, old) in [(hello, true), (block_page, false)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut read = [0; 2048];
                _ = stream.read(&mut read).await;
                _ = stream.write_all(&answer).await;
            }
        });
        let looking = Doctor { servers: vec![address.clone()], ..doctor(&authority) };
        let expected = if old { NetError::TlsVersion(address) } else { NetError::NoTls(address) };
        assert_eq!(only(&looking).await, Fault::Net(expected));
        server.abort();
    }
}

#[tokio::test]
async fn certificates_that_end_have_ended_or_are_of_another_name_are_told() {
    let authority = Authority::named("Ward CA");
    for (days, validity) in [(20, Validity::Month(19)), (4, Validity::Week(3))] {
        let server = https(&authority.server(days), 0);
        let whose = server.address.to_string();
        let mut looking = doctor(&authority);
        looking.servers = vec![whose.clone()];
        looking.now = Timestamp((now() + 60) * 1000);
        assert_eq!(only(&looking).await, Fault::Certificate { whose, validity });
    }
    let server = https(&authority.server(-1), 0);
    let host = server.address.to_string();
    let looking = Doctor { servers: vec![host.clone()], ..doctor(&authority) };
    let over = NetError::Certificate { host: host.clone(), fault: CertificateFault::Expired };
    let of_itself = Fault::Certificate { whose: host, validity: Validity::Expired };
    assert_eq!(faults(&looking).await, [Fault::Net(over), of_itself]);
    let server = https(&authority.server_called("kms.elsewhere.example"), 0);
    let host = server.address.to_string();
    let looking = Doctor { servers: vec![host.clone()], ..doctor(&authority) };
    let other = NetError::Certificate { host, fault: CertificateFault::WrongName };
    assert_eq!(only(&looking).await, Fault::Net(other));
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_by_how_much_and_which_way() {
    let authority = Authority::named("Ward CA");
    for (off, ahead) in [(-7200, true), (600, false)] {
        let server = https(&authority.server(90), off);
        let servers = vec![format!("https://{}", server.address)];
        let looking = Doctor { servers, ..doctor(&authority) };
        let Fault::Clock { seconds, ahead: told, .. } = only(&looking).await else { panic!("it is off") };
        assert!((off.abs() - seconds).abs() <= 5, "{seconds}");
        assert_eq!(told, ahead);
    }
}

/// A name server that answers questions for service records with these targets; `None`: never.
async fn name_server(targets: Option<Vec<(&'static str, u16)>>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut read = [0; 512];
        while let Ok((got, from)) = socket.recv_from(&mut read).await {
            let Some(targets) = &targets else { continue };
            let end = 12 + read[12..got].iter().position(|byte| *byte == 0).unwrap() + 5;
            let found = u8::try_from(targets.len()).unwrap();
            let code = if found == 0 { 0x83 } else { 0x80 };
            let mut answer = [&read[..2], &[0x81, code, 0, 1, 0, found, 0, 0, 0, 0], &read[12..end]].concat();
            for (target, port) in targets {
                let labels = target
                    .split('.')
                    .flat_map(|label| std::iter::once(u8::try_from(label.len()).unwrap()).chain(label.bytes()));
                let labels: Vec<u8> = labels.chain([0]).collect();
                let length = u16::try_from(labels.len() + 6).unwrap().to_be_bytes();
                answer.extend([0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, length[0], length[1], 0, 0, 0, 0]);
                answer.extend(port.to_be_bytes());
                answer.extend(labels);
            }
            _ = socket.send_to(&answer, from).await;
        }
    });
    address
}

#[tokio::test]
async fn what_dns_says_of_a_cluster_is_looked_at() {
    let authority = Authority::named("Ward CA");
    let looking = |dns| Doctor { clusters: vec!["records.ward.example".into()], dns: Some(dns), ..doctor(&authority) };
    let none = only(&looking(name_server(Some(vec![])).await)).await;
    assert_eq!(none, Fault::NoServiceRecord("records.ward.example".into()));
    let silent = only(&looking(name_server(None).await)).await;
    assert_eq!(silent, Fault::DnsSilent);
    let foreign = only(&looking(name_server(Some(vec![("db.evil.example", 27017)])).await)).await;
    let (name, target) = ("records.ward.example".to_owned(), "db.evil.example".to_owned());
    assert_eq!(foreign, Fault::ForeignServiceRecord { name, target });
    let good = looking(name_server(Some(vec![("db1.ward.example", 27017), ("db2.ward.example", 27018)])).await);
    let found: Vec<Finding> = good.examine().await;
    let records = found.iter().find(|one| one.about.starts_with("DNS SRV")).unwrap();
    assert_eq!(
        (records.fault.as_ref(), records.seen.as_str()),
        (None, "db1.ward.example:27017, db2.ward.example:27018")
    );
    // The servers behind the name are looked at in turn.
    let behind = found.iter().filter(|one| one.about.starts_with("connection to db"));
    assert_eq!(behind.count(), 2);
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_this_machine_has_not_is_told() {
    let Some(kmip) = crate::kms::kmip_peer() else { return };
    let looking = Doctor { servers: vec![kmip.address()], ..doctor(&kmip.authority) };
    assert_eq!(only(&looking).await, Fault::Net(NetError::ClientCertificate(kmip.address())));
}

#[tokio::test]
async fn a_connection_that_opens_and_then_stops_is_told_from_one_that_is_cut() {
    let authority = Authority::named("Ward CA");
    for cut in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let box_between = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // The greeting passes, its answer doesn't.
                let mut greeting = [0; 512];
                drop(stream.read(&mut greeting).await);
                if !cut {
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_secs(30)).await;
                        drop(stream);
                    });
                }
            }
        });
        let looking = Doctor { servers: vec![format!("https://{address}")], ..doctor(&authority) };
        let fault = only(&looking).await;
        let error = if cut { NetError::Broken(address.clone()) } else { NetError::Slow(address.clone()) };
        assert_eq!(fault, Fault::Net(error));
        assert!(fault.hand_on().contains("the connection opens and then stops"), "{}", fault.hand_on());
        box_between.abort();
    }
}

#[tokio::test]
async fn a_machine_without_web_view_and_with_a_scanner_is_told() {
    let authority = Authority::named("Ward CA");
    let system = tempfile::tempdir().unwrap();
    let bare = Doctor { system: system.path().to_owned(), ..doctor(&authority) };
    let of = |findings: Vec<Finding>, about: &str| findings.into_iter().find(|one| one.about == about).unwrap().fault;
    assert_eq!(of(bare.examine().await, "web view"), Some(Fault::NoWebView));
    let libraries = system.path().join("usr/lib/x86_64-linux-gnu");
    std::fs::create_dir_all(&libraries).unwrap();
    std::fs::write(libraries.join("libwebkit2gtk-4.1.so.0"), "").unwrap();
    assert_eq!(of(bare.examine().await, "web view"), None);

    let scanner = authority.folder().join("clamonacc");
    std::fs::copy("/bin/sleep", &scanner).unwrap();
    executable(&scanner);
    let mut running = Command::new(&scanner).arg("60").spawn().unwrap();
    let found = doctor(&authority).examine().await;
    _ = (running.kill(), running.wait());
    assert_eq!(of(found, "scanners"), Some(Fault::Scanner("ClamAV on-access scanning".into())));
}

fn executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).unwrap();
}

/// `wardsealctl doctor` in a home of its own, without a keychain.
fn program(home: &std::path::Path, before: &[&str]) -> Command {
    let line: Vec<&str> = before.iter().copied().chain([env!("CARGO_BIN_EXE_wardsealctl"), "doctor"]).collect();
    let mut command = Command::new(line[0]);
    command.args(&line[1..]).env("WARDSEAL_HOME", home).env("HOME", home);
    for gone in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "WARDSEAL_POLICY", "XDG_RUNTIME_DIR"] {
        command.env_remove(gone);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn a_full_disk_a_missing_keychain_and_a_broken_policy_file_are_told_by_the_program() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().display().to_string();
    let policy = "echo '{' > $0/policy.json && exec \"$@\"";
    let small = "mount -t tmpfs -o size=8m none $0 && ";
    let may_mount = Command::new("unshare").args(["-Urm", "sh", "-c", "mount -t tmpfs none $0", &path]).status();
    let may_mount = may_mount.is_ok_and(|ended| ended.success());
    let script = if may_mount { format!("{small}{policy}") } else { policy.to_owned() };
    let before: &[&str] = if may_mount { &["unshare", "-Urm", "sh", "-c"] } else { &["sh", "-c"] };
    let ran = program(home.path(), &[before, &[&script, &path]].concat()).output().unwrap();
    let out = String::from_utf8_lossy(&ran.stdout);
    assert_eq!(ran.status.code(), Some(3), "{out}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(out.contains("FAULT  keychain: No keychain was found"), "{out}");
    assert!(out.contains("FAULT  policy file: The policy file"), "{out}");
    if may_mount {
        assert!(out.contains("FAULT  disk: only 7 MB are free"), "{out}");
    } else {
        println!("SKIPPED: no small disk can be mounted here");
    }
    let faults = out.matches("FAULT ").count();
    assert_eq!(out.matches("       hand on: ").count(), faults);
}

#[test]
fn the_program_listens_on_nothing() {
    let home = tempfile::tempdir().unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut doctor =
        program(home.path(), &[]).args(["--server", &silent.local_addr().unwrap().to_string()]).spawn().unwrap();
    // It has come to the network when it is at the server's door.
    drop(silent.accept().map(|(stream, _)| {
        let own = sockets(doctor.id());
        assert!(!own.is_empty(), "it is connected");
        assert_eq!(own.iter().filter(|inode| listening().contains(*inode)).count(), 0);
        stream
    }));
    _ = (doctor.kill(), doctor.wait());
}

/// The inodes of a process's sockets.
fn sockets(process: u32) -> Vec<String> {
    let open = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().flatten();
    let names = open.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    let inode = |name: PathBuf| Some(name.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned());
    names.filter_map(inode).collect()
}

/// The inodes of every socket of this machine that listens.
fn listening() -> Vec<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| std::fs::read_to_string(table).unwrap_or_default());
    let lines = tables.iter().flat_map(|table| table.lines().skip(1)).map(|line| line.split_whitespace().collect());
    { lines }.filter(|line: &Vec<&str>| line[3] == "0A").map(|line| line[9].to_owned()).collect()
}
