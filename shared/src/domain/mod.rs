//! Pure types and rules: parsed once at the edge, wrong values cannot be made.
//! No I/O, no clock, no randomness, no HTTP.

