//! Times as milliseconds. The calendar is computed here, so that a text is only taken for a time if it is written
//! exactly as [`parlor_model::Timestamp`] writes it: what is decoded must be what was encoded.

/// The kind of the extension that is a time.
pub const TIME_KIND: i8 = 0;

/// The year 0 to the year 9999: what is written with four digits.
const RANGE: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;
const DAY: i64 = 86_400_000;
/// `2026-01-02T03:04:05.678Z`, with a 0 for each digit.
const SHAPE: &[u8; 24] = b"0000-00-00T00:00:00.000Z";

/// The milliseconds since 1970 of a time; nothing if the text is not exactly how a time is written.
pub(super) fn parse(text: &str) -> Option<i64> {
    let bytes: &[u8; 24] = text.as_bytes().try_into().ok()?;
    let shaped = SHAPE
        .iter()
        .zip(bytes)
        .all(|(shape, byte)| if *shape == b'0' { byte.is_ascii_digit() } else { shape == byte });
    if !shaped {
        return None;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to].iter().fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0'))
    };
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
    let is_date = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !is_date || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let of_day = ((hour * 60 + minute) * 60 + second) * 1000 + number(20, 23);
    Some(days_since_1970(year, month, day) * DAY + of_day)
}

/// How a time is written; nothing if its year does not have four digits.
pub(super) fn write(milliseconds: i64) -> Option<String> {
    if !RANGE.contains(&milliseconds) {
        return None;
    }
    let (year, month, day) = date(milliseconds.div_euclid(DAY));
    let of_day = milliseconds.rem_euclid(DAY);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, thousandth) = (of_day / 1000 % 60, of_day % 1000);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{thousandth:03}Z"))
}

fn days_in(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar. Counted in years that begin in March, so that the leap day is the
/// last of its year; 306 is the number of days from March to December. After Howard Hinnant, “chrono-compatible low-level
/// date algorithms”.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (306 * month + 5) / 10 + day - 1;
    // 719 468 days lie between the first of March of the year 0 and the first of January 1970.
    365 * year + leap_days + day_of_year - 719_468
}

/// The year, month and day that is so many days after 1970-01-01: the inverse of [`days_since_1970`]. The calendar repeats
/// itself every 400 years, which are 146 097 days.
fn date(days_since_1970: i64) -> (i64, i64, i64) {
    let days = days_since_1970 + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    // Without the leap days before it: one in 4 years (1460 days), none in 100 (36 524), one in 400.
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year_of_era + next_year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_goes_both_ways() {
        let mut following = days_since_1970(0, 1, 1);
        for (year, month) in (0..=9999).flat_map(|year| (1..=12).map(move |month| (year, month))) {
            for day in 1..=days_in(year, month) {
                assert_eq!(days_since_1970(year, month, day), following);
                assert_eq!(date(following), (year, month, day));
                following += 1;
            }
        }
        assert_eq!((following * DAY - 1, days_since_1970(0, 1, 1) * DAY), (*RANGE.end(), *RANGE.start()));
    }

    #[test]
    fn times_are_written_as_the_model_writes_them() {
        let millennium = 1000 * 365 * DAY;
        for milliseconds in (-millennium..2 * millennium).step_by(1_234_567_891).chain([0, -1]) {
            let text = parlor_model::Timestamp::from_millis(milliseconds).to_string();
            assert_eq!(parse(&text), Some(milliseconds), "{text}");
            assert_eq!(write(milliseconds).as_ref(), Some(&text));
        }
        for (milliseconds, text) in
            [(*RANGE.start(), "0000-01-01T00:00:00.000Z"), (*RANGE.end(), "9999-12-31T23:59:59.999Z")]
        {
            assert_eq!(write(milliseconds).as_deref(), Some(text));
            assert_eq!(parse(text), Some(milliseconds));
        }
        assert_eq!(parse("2023-11-14T22:13:20.120Z"), Some(1_700_000_000_120));
    }

    #[test]
    fn other_ways_to_write_a_time_are_none() {
        for text in [
            "2023-02-29T00:00:00.000Z",
            "2023-00-10T00:00:00.000Z",
            "2023-13-10T00:00:00.000Z",
            "2023-01-00T00:00:00.000Z",
            "1900-02-29T00:00:00.000Z",
            "2023-01-10T24:00:00.000Z",
            "2023-01-10T00:60:00.000Z",
            "2016-12-31T23:59:60.000Z",
            "2023-01-10t00:00:00.000Z",
            "2023-01-10T00:00:00.000z",
            "2023-01-10T00:00:00Z",
            "2023-01-10T00:00:00.000+",
            "+023-01-10T00:00:00.000Z",
            "2023-01-10T00:00:00.00éZ",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(write(*RANGE.end() + 1), None);
        assert_eq!(write(*RANGE.start() - 1), None);
    }
}
