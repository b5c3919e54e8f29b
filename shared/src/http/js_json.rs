//! JSON as `JSON.stringify` writes it, to the letter: what a JavaScript program
//! parses and writes again must be what was signed. Texts are the same in both;
//! numbers are not (`5.0` is `5`, 2⁵³ + 1 is 2⁵³).

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

/// The largest number below which JavaScript knows every whole one.
const SAFE: u64 = 1 << 53;

/// `value` as JSON without white space; `None` when it cannot be written.
pub(super) fn to_string(value: &impl Serialize) -> Option<String> {
    let mut out = Vec::with_capacity(1024);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, JavaScript);
    value.serialize(&mut serializer).ok()?;
    String::from_utf8(out).ok()
}

struct JavaScript;

impl Formatter for JavaScript {
    fn write_i64<W: ?Sized + Write>(&mut self, out: &mut W, value: i64) -> io::Result<()> {
        if value.unsigned_abs() <= SAFE {
            return write!(out, "{value}");
        }
        #[expect(clippy::cast_precision_loss, reason = "JavaScript loses it too")]
        self.write_f64(out, value as f64)
    }

    fn write_u64<W: ?Sized + Write>(&mut self, out: &mut W, value: u64) -> io::Result<()> {
        if value <= SAFE {
            return write!(out, "{value}");
        }
        #[expect(clippy::cast_precision_loss, reason = "JavaScript loses it too")]
        self.write_f64(out, value as f64)
    }

    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        out.write_all(number(value).as_bytes())
    }
}

/// `Number::toString` (ECMA-262 §6.1.6.1.20) of a finite number.
fn number(value: f64) -> String {
    if value == 0.0 {
        // Minus zero too.
        return "0".to_owned();
    }
    // The shortest digits that read back as the number: `-d.ddde-7`.
    let shortest = format!("{:e}", value.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let digits = mantissa.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", placed(&digits, point))
}

/// `digits` with the point after the first `point` of them.
fn placed(digits: &str, point: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    let split = |at: i32| digits.split_at(usize::try_from(at).unwrap_or(0));
    match point {
        _ if count <= point && point <= 21 => format!("{digits}{}", zeros(point - count)),
        1..=21 => {
            let (whole, fraction) = split(point);
            format!("{whole}.{fraction}")
        }
        -5..=0 => format!("0.{}{digits}", zeros(-point)),
        _ => {
            let (first, rest) = split(1);
            let dot = if rest.is_empty() { "" } else { "." };
            format!("{first}{dot}{rest}e{:+}", point - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        // node -p 'JSON.stringify([5.0, …])'
        for (value, text) in [
            (5.0, "5"),
            (-5.0, "-5"),
            (0.0, "0"),
            (-0.0, "0"),
            (1.5, "1.5"),
            (0.1, "0.1"),
            (123_456.789, "123456.789"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (0.000_001, "0.000001"),
            (0.000_001_5, "0.0000015"),
            (0.000_000_1, "1e-7"),
            (-2.5e-8, "-2.5e-8"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (9_007_199_254_740_993.0, "9007199254740992"),
        ] {
            assert_eq!(to_string(&value).as_deref(), Some(text));
        }
        assert_eq!(
            to_string(&u64::MAX).as_deref(),
            Some("18446744073709552000")
        );
        assert_eq!(
            to_string(&i64::MIN).as_deref(),
            Some("-9223372036854776000")
        );
        assert_eq!(
            to_string(&9_007_199_254_740_993_u64).as_deref(),
            Some("9007199254740992")
        );
        assert_eq!(to_string(&f64::NAN).as_deref(), Some("null"));
    }

    #[test]
    fn texts_are_the_same_in_both() {
        // node -p 'JSON.stringify("…")'
        for (value, json) in [
            ("a\"b\\c/d", r#""a\"b\\c/d""#),
            ("\u{8}\t\n\u{c}\r", r#""\b\t\n\f\r""#),
            ("\0\u{1f}\u{7f}", "\"\\u0000\\u001f\u{7f}\""),
            (
                "Zoë 李 🎉 \u{2028}\u{feff}<>&",
                "\"Zoë 李 🎉 \u{2028}\u{feff}<>&\"",
            ),
        ] {
            assert_eq!(to_string(&value).as_deref(), Some(json));
        }
    }
}
