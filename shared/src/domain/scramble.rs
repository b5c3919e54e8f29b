//! Pseudo-random strings for the parsers' tests: the same ones in every run, so
//! that a failure can be repeated.

/// `count` strings of up to `max_pieces` pieces each, drawn from `pieces` by a
/// xorshift64* generator that starts at `seed` (not zero).
pub(crate) fn strings<'a>(
    seed: u64,
    pieces: &'a [&'a str],
    max_pieces: usize,
    count: usize,
) -> impl Iterator<Item = String> + 'a {
    let mut state = seed;
    let mut below = move |bound: usize| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let high = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % bound
    };
    (0..count).map(move |_| {
        let length = below(max_pieces + 1);
        (0..length).map(|_| pieces[below(pieces.len())]).collect()
    })
}
