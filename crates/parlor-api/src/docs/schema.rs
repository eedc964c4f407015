//! A JSON schema as a table of fields.

use serde_json::Value;

use super::html::{escape, markdown, table};

/// The fields of an object as a table; nothing if it has none.
pub(super) fn fields(schema: &Value) -> String {
    let Some(properties) = schema["properties"].as_object() else {
        return String::new();
    };
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rows: Vec<Vec<String>> = properties
        .iter()
        .map(|(name, property)| {
            let optional = if required.contains(&name.as_str()) {
                ""
            } else {
                " <span class=\"optional\">optional</span>"
            };
            vec![
                format!("<code>{}</code>{optional}", escape(name)),
                kind(property),
                markdown(description(property)),
            ]
        })
        .collect();
    table(&["Field", "Type", "What it is"], &rows)
}

/// What a field is for. Where it is a type or nothing, the words stand beside the type.
fn description(property: &Value) -> &str {
    let choices = property["oneOf"].as_array().into_iter().flatten();
    std::iter::once(property)
        .chain(choices)
        .find_map(|schema| schema["description"].as_str())
        .unwrap_or_default()
}

/// The type of a value, in HTML: a word, or a link to the type's own table.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return format!("<a href=\"#type-{0}\">{0}</a>", escape(name));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let kinds: Vec<String> = choices.iter().filter(|choice| choice["type"] != "null").map(kind).collect();
        return kinds.join(" or ");
    }
    let name = match &schema["type"] {
        Value::String(name) => name.as_str(),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or("any")
        }
        _ => "any",
    };
    match name {
        "array" => format!("list of {}", kind(&schema["items"])),
        "string" => "text".to_owned(),
        "integer" => "whole number".to_owned(),
        "boolean" => "true or false".to_owned(),
        name => escape(name),
    }
}

/// The name of the type that a schema refers to.
fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}
