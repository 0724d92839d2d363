//! Arithmetic on big-endian numbers of any length, as much of it as the edge cases need.

/// Bytes from their hexadecimal form.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).unwrap() as u8;
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// `a` + `b`, in as many bytes as `a` and one more when it overflows. `b` is not longer than `a`.
pub(crate) fn add(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut sum = a.to_vec();
    let mut carry = 0;
    for (index, target) in sum.iter_mut().rev().enumerate() {
        let other = b.iter().rev().nth(index).copied().unwrap_or(0);
        let total = u16::from(*target) + u16::from(other) + carry;
        *target = total as u8;
        carry = total >> 8;
    }
    if carry > 0 {
        sum.insert(0, 1);
    }
    sum
}

/// `a` - `b`, in as many bytes as `a`. `b` is not above `a`.
pub(crate) fn subtract(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut difference = a.to_vec();
    let mut borrow = 0;
    for (index, target) in difference.iter_mut().rev().enumerate() {
        let other = b.iter().rev().nth(index).copied().unwrap_or(0);
        let total = i16::from(*target) - i16::from(other) - borrow;
        *target = total.rem_euclid(256) as u8;
        borrow = i16::from(total < 0);
    }
    assert_eq!(borrow, 0);
    difference
}

#[test]
fn sums_and_differences() {
    assert_eq!(add(&[0, 255], &[1]), [1, 0]);
    assert_eq!(add(&[255], &[255]), [1, 254]);
    assert_eq!(subtract(&[1, 0], &[1]), [0, 255]);
    assert_eq!(hex("00fA"), [0, 250]);
}
