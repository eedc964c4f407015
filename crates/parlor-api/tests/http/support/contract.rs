//! Holds every answer against the OpenAPI document: the status, the error code and the shape of the body must be
//! written there.

use serde_json::Value;

use super::Answer;

/// Panics if an answer is not one that the document promises.
pub(crate) fn check(document: &Value, method: &str, path: &str, answer: &Answer) {
    if answer.status >= 400 && path.starts_with("/api") {
        check_error(answer, path);
    }
    let Some((template, operation)) = operation(document, method, path) else {
        return;
    };
    let place = format!("{method} {template} → {} {}", answer.status, answer.text);
    if answer.status >= 400 {
        let codes = operation["x-errors"].as_array().unwrap();
        assert!(codes.iter().any(|code| code == answer.code()), "undocumented error: {place}");
    }
    let response = &operation["responses"][answer.status.to_string()];
    assert!(response.is_object(), "undocumented status: {place}");
    match response["content"].get("application/json") {
        Some(content) => {
            assert_eq!(answer.header("content-type"), "application/json", "{place}");
            check_shape(document, &content["schema"], &answer.json, &place);
        }
        None => assert_eq!(answer.text, "", "{place}"),
    }
}

/// The operation of a path. A path without a parameter beats one with.
fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<(&'a str, &'a Value)> {
    let path = path.split('?').next().unwrap();
    let mut fitting: Vec<_> =
        document["paths"].as_object().unwrap().iter().filter(|(template, _)| fits(template, path)).collect();
    fitting.sort_by_key(|(template, _)| template.matches('{').count());
    let (template, item) = fitting.first()?;
    Some((template, item.get(method.to_lowercase())?))
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(expected, found)| expected == found || expected.starts_with('{'))
}

/// An error has the one form, and words for a person.
pub(crate) fn check_error(answer: &Answer, place: &str) {
    let place = format!("{place} → {}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json", "{place}");
    let message = answer.json["message"].as_str().expect("a message");
    assert!(
        message.len() > 10 && message.ends_with('.') && !message.starts_with(char::is_lowercase),
        "not a sentence: {place}"
    );
    for leak in ["::", "`", "struct ", "serde", "sqlite", "SQL", "panic", "u64", "/src/", "None", "Err("] {
        assert!(!message.contains(leak), "“{leak}” is not for people: {place}");
    }
    let known = ["code", "message", "details", "retry_after"];
    let fields = answer.json.as_object().unwrap();
    assert!(fields.keys().all(|field| known.contains(&field.as_str())), "{place}");
    assert_eq!(fields.contains_key("retry_after"), !answer.header("retry-after").is_empty(), "{place}");
}

/// Checks types, required fields and, in objects, that there is nothing that the schema does not know.
fn check_shape(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).expect(reference);
        return check_shape(document, target, value, place);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let choice = choices.iter().find(|choice| (choice["type"] == "null") == value.is_null());
        return check_shape(document, choice.expect("a choice"), value, place);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => panic!("a schema without a type: {schema}"),
    };
    assert!(
        types.contains(&type_of(value)) || (types.contains(&"number") && value.is_number()),
        "{value} is not {types:?}: {place}"
    );
    match value {
        Value::Object(fields) => {
            for name in schema["required"].as_array().into_iter().flatten() {
                assert!(fields.contains_key(name.as_str().unwrap()), "no {name}: {place}");
            }
            for (name, field) in fields {
                let property = schema["properties"].get(name);
                check_shape(
                    document,
                    property.unwrap_or_else(|| panic!("“{name}” is not documented: {place}")),
                    field,
                    place,
                );
            }
        }
        Value::Array(items) => {
            for item in items {
                check_shape(document, &schema["items"], item, place);
            }
        }
        Value::String(word) => {
            let words = schema["enum"].as_array();
            assert!(words.is_none_or(|words| words.iter().any(|known| known == word)), "{word}: {place}");
        }
        _ => {}
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
