//! Prints the TypeScript types of the wire: `cargo run -p parlor-protocol --features ts --example typescript`.

fn main() {
    print!("{}", parlor_protocol::typescript::file());
}
