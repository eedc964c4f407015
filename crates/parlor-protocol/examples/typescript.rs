//! Prints the TypeScript types of the wire: `cargo run -p parlor-protocol --features ts --example typescript`; with
//! `-- binary-tables`, the tables of the binary encoding.

fn main() {
    let wanted = std::env::args().nth(1);
    match wanted.as_deref() {
        Some("binary-tables") => print!("{}", parlor_protocol::typescript::binary_file()),
        _ => print!("{}", parlor_protocol::typescript::file()),
    }
}
