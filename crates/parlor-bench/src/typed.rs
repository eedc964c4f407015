//! What has to be typed so that a text arrives as it is.

/// A text that begins with a slash would read as a command: doubling the slash sends it as it is. An action is `/me`.
pub fn typed(text: &str, action: bool) -> String {
    match (action, text.starts_with('/')) {
        (true, _) => format!("/me {text}"),
        (false, true) => format!("/{text}"),
        (false, false) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn texts_are_typed_so_that_they_arrive() {
        assert_eq!(typed("/etc is full", false), "//etc is full");
        assert_eq!(typed("//x", false), "///x");
        assert_eq!(typed("hello", false), "hello");
        assert_eq!(typed("/waves", true), "/me /waves");
    }
}
