//! (merged later)
