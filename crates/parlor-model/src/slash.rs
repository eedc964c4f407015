//! What a person typed, told apart: text, a command, or text that only begins like a command.

use crate::messages::MessageKind;
use crate::refusal::Refusal;

/// A typed line, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A message to send.
    Message(MessageKind, String),
}

/// Understands a typed text.
///
/// A command is a slash, a word of lower-case ASCII letters, and then a space or the end: `/etc/fstab` and `/ maybe`
/// are texts. A text that would read as a command is sent by doubling its slash: any text that begins with `//` loses
/// the first. So a program that prefixes `/` to every text beginning with `/` sends all texts as they are.
///
/// # Errors
/// A command that does not exist, so that a typo is not told to the whole room.
pub fn parse(text: String) -> Result<Typed, Refusal> {
    if let Some(rest) = text.strip_prefix("//") {
        return Ok(Typed::Message(MessageKind::Text, format!("/{rest}")));
    }
    let Some((command, argument)) = command(&text) else {
        return Ok(Typed::Message(MessageKind::Text, text));
    };
    match command {
        "me" => Ok(Typed::Message(MessageKind::Action, argument.to_owned())),
        _ => Err(Refusal::UnknownCommand(command.to_owned())),
    }
}

/// Splits `/word argument`; `None` if the text is not of that form.
fn command(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('/')?;
    let (word, argument) = rest.split_once([' ', '\n']).unwrap_or((rest, ""));
    let is_word = !word.is_empty() && word.len() <= 32 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    is_word.then_some((word, argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> Typed {
        Typed::Message(MessageKind::Text, body.into())
    }

    #[test]
    fn texts_stay_texts() {
        for body in ["hello", " /me too", "/etc/fstab", "/ what", "/", "/Me", "a /me b"] {
            assert_eq!(parse(body.into()), Ok(text(body)), "{body:?}");
        }
    }

    #[test]
    fn a_doubled_slash_is_one_slash_of_text() {
        assert_eq!(parse("//me waves".into()), Ok(text("/me waves")));
        assert_eq!(parse("///".into()), Ok(text("//")));
        assert_eq!(parse("//".into()), Ok(text("/")));
    }

    #[test]
    fn me_is_an_action() {
        assert_eq!(parse("/me waves  ".into()), Ok(Typed::Message(MessageKind::Action, "waves  ".into())));
        assert_eq!(parse("/me".into()), Ok(Typed::Message(MessageKind::Action, String::new())));
    }

    #[test]
    fn an_unknown_command_is_not_told_to_the_room() {
        assert_eq!(parse("/usr is full".into()), Err(Refusal::UnknownCommand("usr".into())));
    }
}
