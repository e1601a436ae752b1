//! The colours of series, as they stand in the style sheets: seen on both grounds, and told apart by every eye.

const SHEETS: [&str; 2] =
    [include_str!("../../../../templates/office.css"), include_str!("../../../../templates/figure.css")];

type Linear = [f64; 3];

/// Dichromats' view of linear red, green and blue (Machado, Oliveira and Fernandes, 2009, severity 1.0): everybody
/// else, protanopia, deuteranopia, tritanopia.
const EYES: [[[f64; 3]; 3]; 4] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
    [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
    [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
];

/// A variable's colours, in the order of the sheets: light, then dark, then print.
fn colours(name: &str) -> Vec<Linear> {
    let variable = format!("--{name}: #");
    let values = SHEETS.iter().flat_map(|sheet| sheet.split(variable.as_str()).skip(1));
    values.map(|rest| linear(&rest[..6])).collect()
}

fn linear(hexadecimal: &str) -> Linear {
    [0, 2, 4].map(|at| {
        let value = f64::from(u8::from_str_radix(&hexadecimal[at..at + 2], 16).expect("a colour")) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

/// The contrast of WCAG 2.
fn contrast(one: Linear, other: Linear) -> f64 {
    let luminance = |[red, green, blue]: Linear| 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    let (one, other) = (luminance(one), luminance(other));
    (one / other).max(other / one)
}

/// How far apart two colours look (CIE 1976).
fn distance(one: Linear, other: Linear) -> f64 {
    let (one, other) = (lab(one), lab(other));
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

fn lab([red, green, blue]: Linear) -> [f64; 3] {
    let x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.950_47;
    let y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.088_83;
    let root = |value: f64| if value > 0.008_856 { value.cbrt() } else { 7.787 * value.max(0.0) + 16.0 / 116.0 };
    [116.0 * root(y) - 16.0, 500.0 * (root(x) - root(y)), 200.0 * (root(y) - root(z))]
}

fn seen(eye: [[f64; 3]; 3], colour: Linear) -> Linear {
    eye.map(|row| row.iter().zip(colour).map(|(factor, value)| factor * value).sum::<f64>().clamp(0.0, 1.0))
}

#[test]
fn every_colour_stands_out_from_its_ground_and_from_the_others_for_every_eye() {
    let series: Vec<Vec<Linear>> = (1..=5).map(|place| colours(&format!("s{place}"))).collect();
    let (grounds, panels) = (colours("ground"), colours("panel"));
    for scheme in 0..grounds.len() {
        for (place, of_series) in series.iter().enumerate() {
            let colour = of_series[scheme];
            for ground in [grounds[scheme], panels[scheme]] {
                assert!(contrast(colour, ground) >= 3.0, "s{} in scheme {scheme}", place + 1);
            }
            for (other, of_other) in series.iter().enumerate().take(place) {
                for eye in EYES {
                    let apart = distance(seen(eye, colour), seen(eye, of_other[scheme]));
                    assert!(apart > 20.0, "s{} and s{} in scheme {scheme}: {apart}", place + 1, other + 1);
                }
            }
        }
    }
    assert_eq!((grounds.len(), series[4].len()), (3, 3));
}
