//! How a section of the configuration is declared: one macro makes the struct, its defaults, its place in the file and
//! in the environment, and its manual, all from the same lines.

use super::value::Kind;

/// A setting as the file, the environment and the manual see it.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// Its name in the file.
    pub(crate) name: &'static str,
    /// Its variable in the environment.
    pub(crate) variable: &'static str,
    /// What it does: the lines of its documentation.
    pub(crate) documentation: &'static [&'static str],
    /// How it is written in the file.
    pub(crate) kind: Kind,
    /// What may be written.
    pub(crate) expected: String,
    /// True if what is written must not be repeated.
    pub(crate) is_secret: bool,
    /// The present value; `None` if there is none.
    pub(crate) value: Option<String>,
    /// A value to show where there is none by default.
    pub(crate) example: Option<&'static str>,
}

impl Setting {
    /// A value as it is written in the file.
    pub(crate) fn literal(&self, value: &str) -> String {
        match self.kind {
            Kind::Text => toml::Value::from(value).to_string(),
            Kind::Number | Kind::Boolean => value.to_owned(),
        }
    }
}

/// A section of the configuration.
pub(crate) trait Section {
    /// Its name in the file.
    fn name(&self) -> &'static str;

    /// What it is about: the lines of its documentation.
    fn about(&self) -> &'static [&'static str];

    /// Its settings with their present values, in the order of their declaration.
    fn settings(&self) -> Vec<Setting>;

    /// Sets a setting from what was written. False if that is not what the setting expects, or there is none of that
    /// name.
    fn set(&mut self, name: &str, written: &str) -> bool;
}

/// Declares a section: `name: Type = default, "VARIABLE"`, and `, example "…"` where there is no default.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        [$section:literal] $struct:ident {
            $(
                $(#[doc = $documentation:literal])+
                $name:ident: $type:ty = $default:expr, $variable:literal $(, example $example:literal)?;
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub(crate) struct $struct {
            $($(#[doc = $documentation])+ pub(crate) $name: $type,)+
        }

        impl Default for $struct {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl $crate::config::section::Section for $struct {
            fn name(&self) -> &'static str {
                $section
            }

            fn about(&self) -> &'static [&'static str] {
                &[$($about),+]
            }

            fn settings(&self) -> Vec<$crate::config::section::Setting> {
                use $crate::config::value::Value;
                vec![$(
                    $crate::config::section::Setting {
                        name: stringify!($name),
                        variable: $variable,
                        documentation: &[$($documentation),+],
                        kind: <$type as Value>::KIND,
                        expected: <$type as Value>::expected(),
                        is_secret: <$type as Value>::IS_SECRET,
                        value: self.$name.show(),
                        example: None $(.or(Some($example)))?,
                    },
                )+]
            }

            fn set(&mut self, name: &str, written: &str) -> bool {
                use $crate::config::value::Value;
                match name {
                    $(stringify!($name) => <$type as Value>::parse(written)
                        .map(|value| self.$name = value)
                        .is_some(),)+
                    _ => false,
                }
            }
        }
    };
}
pub(crate) use section;
