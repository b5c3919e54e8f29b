//! The first line of what we write: whose it is, and a checksum of the rest. A
//! file that still agrees with it is ours to update; an edited one is not.

/// What stands in front of the checksum, behind the comment sign.
const OURS: &str = " Written by `doorkey init`, which updates it unless it was edited: ";
/// A line that may be edited all the same: it says which Doorkey is used.
const FREE: &str = "doorkey = ";

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Ours, as we wrote it.
    Us,
    /// Ours, edited since.
    Edited,
    /// Another's.
    Other,
}

/// The text with its first line; `sign` begins a comment.
pub(super) fn seal(sign: &str, body: &str) -> String {
    format!("{sign}{OURS}{:016x}\n{body}", checksum(body))
}

/// Whose the file is that has this text.
pub(super) fn owner(sign: &str, text: &str) -> Owner {
    let text = text.replace("\r\n", "\n");
    let Some((first, body)) = text.split_once('\n') else {
        return Owner::Other;
    };
    let Some(sum) = first
        .strip_prefix(sign)
        .and_then(|rest| rest.strip_prefix(OURS))
    else {
        return Owner::Other;
    };
    if sum.trim_end() == format!("{:016x}", checksum(body)) {
        Owner::Us
    } else {
        Owner::Edited
    }
}

/// FNV-1a: it is to notice an edit, not to withstand one who means to deceive.
fn checksum(body: &str) -> u64 {
    body.lines()
        .filter(|line| !line.starts_with(FREE))
        .flat_map(|line| line.bytes().chain([b'\n']))
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_noticed_and_a_checkout_with_other_line_ends_is_none() {
        let text = seal("//", "fn main() {}\n");
        assert_eq!(owner("//", &text), Owner::Us);
        assert_eq!(owner("//", &text.replace('\n', "\r\n")), Owner::Us);
        assert_eq!(owner("//", &text.replace("{}", "{ }")), Owner::Edited);
        assert_eq!(owner("#", &text), Owner::Other);
        for other in ["", "fn main() {}\n", "// Written by hand\n"] {
            assert_eq!(owner("//", other), Owner::Other, "{other}");
        }
    }

    #[test]
    fn the_line_that_names_the_crate_is_free() {
        let text = seal("#", "[dependencies]\ndoorkey = { path = \"../a\" }\n");
        assert_eq!(owner("#", &text.replace("../a", "../b")), Owner::Us);
        assert_eq!(owner("#", &text.replace("[dep", "[dev-dep")), Owner::Edited);
    }
}
