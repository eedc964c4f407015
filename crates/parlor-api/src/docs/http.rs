//! The HTTP reference, from the OpenAPI document.

use serde_json::Value;

use super::html::{code, each, escape, markdown, page as frame, table};
use super::schema::{fields, kind};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// `/docs/http`
pub(super) fn page(document: &Value) -> String {
    let mut body =
        format!("<h1>HTTP</h1>\n{}", markdown(document["info"]["description"].as_str().unwrap_or_default()));
    let mut outline = Vec::new();
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        outline.push((name.to_lowercase(), name.to_owned()));
        body.push_str(&section(document, tag, name));
    }
    outline.push(("types".to_owned(), "Types".to_owned()));
    body.push_str(&types(document));
    frame("/docs/http", "HTTP reference", &outline, &body)
}

/// The operations of one tag.
fn section(document: &Value, tag: &Value, name: &str) -> String {
    let mut html = format!(
        "<h2 id=\"{}\">{}</h2>\n{}",
        escape(&name.to_lowercase()),
        escape(name),
        markdown(tag["description"].as_str().unwrap_or_default())
    );
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let operation = &item[method];
            if operation["tags"][0] == name {
                html.push_str(&article(path, method, operation));
            }
        }
    }
    html
}

fn article(path: &str, method: &str, operation: &Value) -> String {
    let id = operation["operationId"].as_str().unwrap_or_default();
    let method = method.to_uppercase();
    let public = operation["security"].is_array();
    let credential = if public { "<p class=\"meta\">Needs no credential.</p>" } else { "" };
    format!(
        "<article id=\"{id}\">\n<h3><span class=\"summary\">{summary}</span> <code class=\"call\"><b>{method}</b> \
         {path}</code></h3>\n{description}{credential}{parameters}{request}{answers}{errors}</article>\n",
        id = escape(id),
        summary = escape(operation["summary"].as_str().unwrap_or_default()),
        path = escape(path).replace('/', "/<wbr>"),
        description = paragraphs(&operation["description"]),
        parameters = parameters(operation),
        request = request(operation),
        answers = answers(operation),
        errors = errors(operation),
    )
}

fn paragraphs(text: &Value) -> String {
    text.as_str().map(markdown).unwrap_or_default()
}

fn parameters(operation: &Value) -> String {
    let rows: Vec<Vec<String>> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| {
            let place = parameter["in"].as_str().unwrap_or_default();
            let optional = if parameter["required"] == true { "" } else { ", optional" };
            vec![
                format!("<code>{}</code>", escape(parameter["name"].as_str().unwrap_or_default())),
                format!("{}, in the {place}{optional}", kind(&parameter["schema"])),
                format!("{}{}", paragraphs(&parameter["description"]), bounds(&parameter["schema"])),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("<h4>Parameters</h4>{}", table(&["Name", "Type", "What it is"], &rows))
}

fn bounds(schema: &Value) -> String {
    match (&schema["minimum"], &schema["maximum"], &schema["default"]) {
        (Value::Number(least), Value::Number(most), default) => {
            format!("<p class=\"meta\">{least} to {most}; {default} if absent.</p>")
        }
        _ => String::new(),
    }
}

fn request(operation: &Value) -> String {
    let content = &operation["requestBody"]["content"]["application/json"];
    if content.is_null() {
        return String::new();
    }
    format!("<h4>Body: {}</h4>{}", kind(&content["schema"]), example(content))
}

/// The answers to requests that are done.
fn answers(operation: &Value) -> String {
    let responses = operation["responses"].as_object().into_iter().flatten();
    each(responses.filter(|(status, _)| status.starts_with('2')), |(status, response)| {
        let content = &response["content"]["application/json"];
        let kind = if content.is_null() { "nothing".to_owned() } else { kind(&content["schema"]) };
        format!(
            "<h4>Answer: {} {kind}</h4>{}{}",
            escape(status),
            paragraphs(&response["description"]),
            example(content)
        )
    })
}

fn example(content: &Value) -> String {
    match &content["example"] {
        Value::Null => String::new(),
        value => code(&serde_json::to_string_pretty(value).unwrap_or_default()),
    }
}

fn errors(operation: &Value) -> String {
    let links: Vec<String> = operation["x-errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|name| format!("<a href=\"/docs/errors#{0}\"><code>{0}</code></a>", escape(name)))
        .collect();
    format!("<h4>Errors</h4><p class=\"errors\">{}</p>", links.join(" "))
}

/// Every type that bodies are made of.
fn types(document: &Value) -> String {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let articles = each(schemas, |(name, schema)| {
        format!(
            "<article id=\"type-{0}\"><h3>{0}</h3>{1}{2}{3}</article>\n",
            escape(name),
            paragraphs(&schema["description"]),
            fields(schema),
            choices(schema),
        )
    });
    format!("<h2 id=\"types\">Types</h2>\n{articles}")
}

/// The values of a type that is one of a few words.
fn choices(schema: &Value) -> String {
    let words: Vec<String> = schema["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|word| format!("<code>{}</code>", escape(word)))
        .collect();
    if words.is_empty() {
        return String::new();
    }
    format!("<p class=\"errors\">One of {}</p>", words.join(" "))
}
