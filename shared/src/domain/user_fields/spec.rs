//! Which further fields there are: names that shadow nothing, types, defaults.

use serde_json::Value;

use super::kind::FieldType;

/// Most fields.
const FIELDS_MAX: usize = 32;
/// Most characters of a field's name.
const NAME_MAX: usize = 64;

/// Names that mean something of their own: members of a user, of the bodies that
/// carry further fields and of a token's claims (RFC 7519 §4.1), what plug-ins of
/// the reference put into a user, and what is no plain member to JavaScript.
const RESERVED: &[&str] = &[
    "id",
    "name",
    "email",
    "emailVerified",
    "image",
    "createdAt",
    "updatedAt",
    "password",
    "currentPassword",
    "newPassword",
    "callbackURL",
    "rememberMe",
    "token",
    "twoFactorEnabled",
    "username",
    "displayUsername",
    "iss",
    "aud",
    "sub",
    "exp",
    "iat",
    "nbf",
    "jti",
    "sid",
    // What verifiers of a JSON Web Token take for granted (RFC 9068 §2.2, RFC 8693
    // §4, RFC 7800 §3): a user who may write it would grant it to themself.
    "scope",
    "scp",
    "azp",
    "client_id",
    "act",
    "cnf",
    "__proto__",
    "constructor",
    "prototype",
];

/// One further field. Good only within [`FieldSpecs`].
#[derive(Clone, Debug)]
pub struct FieldSpec {
    /// Its name in bodies.
    pub name: String,
    /// What its values are.
    pub kind: FieldType,
    /// Whether every new account must have a value.
    pub required: bool,
    /// Whether the user may set it; else only the operator, in the database.
    pub input: bool,
    /// Whether answers have it.
    pub returned: bool,
    /// What it is where nothing was set.
    pub default: Option<Value>,
}

/// All further fields, in the order in which answers have them.
#[derive(Clone, Debug, Default)]
pub struct FieldSpecs(Vec<FieldSpec>);

/// What is wrong with the fields as they were configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecFault {
    /// The place of the field, from 1.
    pub place: usize,
    /// What is wrong with it. Repeats nothing of it.
    pub wrong: &'static str,
}

impl FieldSpecs {
    /// The fields, each of them sound and none like another.
    ///
    /// # Errors
    /// The first fault.
    pub fn new(fields: Vec<FieldSpec>) -> Result<Self, SpecFault> {
        let mut sound: Vec<FieldSpec> = Vec::with_capacity(fields.len());
        for (at, field) in fields.into_iter().enumerate() {
            let fault = |wrong| SpecFault {
                place: at + 1,
                wrong,
            };
            if at == FIELDS_MAX {
                return Err(fault("there are more than 32"));
            }
            if sound.iter().any(|other| other.name == field.name) {
                return Err(fault("an earlier one has its name"));
            }
            sound.push(field.checked().map_err(fault)?);
        }
        Ok(Self(sound))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &FieldSpec> {
        self.0.iter()
    }
}

impl FieldSpec {
    fn checked(mut self) -> Result<Self, &'static str> {
        if !is_identifier(&self.name) {
            return Err(
                "its name is not a letter or _ and up to 63 more letters, digits and _ (ASCII)",
            );
        }
        if RESERVED.contains(&self.name.as_str()) {
            return Err("its name is one that has a meaning already");
        }
        if let Some(wrong) = self.kind.fault() {
            return Err(wrong);
        }
        self.default = match self.default.take() {
            Some(Value::Null) if self.required => {
                return Err("its default is null, though it is required");
            }
            Some(Value::Null) => Some(Value::Null),
            Some(value) => match self.kind.take(&self.name, value) {
                Ok(value) => Some(value),
                Err(_) => return Err("its default is not a value of its type"),
            },
            None if self.required && !self.input => {
                return Err(
                    "it is required, nobody may set it, and it has no default: nobody could sign up",
                );
            }
            None => None,
        };
        Ok(self)
    }
}

fn is_identifier(name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty()
        && name.len() <= NAME_MAX
        && name.chars().all(is_word)
        && !name.starts_with(|c: char| c.is_ascii_digit())
}
