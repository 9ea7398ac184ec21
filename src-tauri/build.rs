//! Finds libmongocrypt at run time and, for the shell, hands the configuration to Tauri.

fn main() {
    println!("cargo:rerun-if-env-changed=MONGOCRYPT_LIB_DIR");
    if let Ok(dir) = std::env::var("MONGOCRYPT_LIB_DIR") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{dir}");
    }
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // Installed packages keep the library beside the program.
        println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN/../lib/wardseal");
    }
    #[cfg(feature = "desktop")]
    shell();
}

#[cfg(feature = "desktop")]
fn shell() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().permissions_path_pattern("src-tauri/permissions/**/*.toml"));
    if let Err(error) = tauri_build::try_build(attributes) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
