//! The order of rows: it must not tell withheld counts.

use crate::statistics::figure::{Cell, Figure, Label, Shape, Unit};

/// The name of the column with the sum of the other counts: figures with such a column are ranked by it.
pub(in crate::statistics) const TOTAL: &str = "total";

/// Moves rows with a withheld rank to the end, by label.
///
/// Rows stand in falling order of a count, and the place of a withheld one tells the counts that it lies between. Of
/// 20, 9, 9 and 1, the last is small, and the first nine is withheld with it. The shares tell that these two are 10
/// together; that one of them stands above a nine would tell that it is a nine as well, and so that the other is 1.
pub(super) fn withheld_last(figure: &mut Figure) {
    let shape = figure.shape;
    let Some(rank) = ranked_by(figure).filter(|_| figure.rows.iter().all(|row| is_ranked(shape, &row.label))) else {
        return;
    };
    // Nothing is before every label, and the others keep their order.
    figure.rows.sort_by_cached_key(|row| (row.cells.get(rank) == Some(&Cell::Withheld)).then(|| row.label.clone()));
}

/// The column with counts that fall from row to row.
fn ranked_by(figure: &Figure) -> Option<usize> {
    let counts = || figure.columns.iter().enumerate().filter(|(_, column)| column.unit == Unit::Count);
    counts().find(|(_, column)| column.name == TOTAL).or_else(|| counts().next()).map(|(place, _)| place)
}

/// Whether rows of such a label have no other order than that of their counts. Bars of codes may have another order,
/// that of their list; it tells nothing and is given up as well.
fn is_ranked(shape: Shape, label: &Label) -> bool {
    match label {
        Label::Country(_) | Label::Peer(_) | Label::Name(_) => true,
        Label::Code { .. } => shape == Shape::Bars,
        Label::Year(_) | Label::Month(_) | Label::Week(_) | Label::Day(_) | Label::DaysAfter(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::figure::{Column, Row};
    use crate::statistics::suppression::withhold;

    const N: Column = Column { name: "n", unit: Unit::Count };
    const SHARE: Column = Column { name: "share", unit: Unit::Share };

    fn country(code: &str) -> Label {
        Label::Country(Some(code.parse().expect("a country")))
    }

    fn code(code: &'static str) -> Label {
        Label::Code { list: "n", code }
    }

    fn figure(shape: Shape, rows: Vec<(Label, Cell)>) -> Figure {
        let row = |(label, cell)| Row { label, cells: vec![cell, Cell::Measure(0.5)] };
        Figure { name: "n", shape, of: "n", columns: vec![N, SHARE], rows: rows.into_iter().map(row).collect() }
    }

    fn labels(figure: &Figure) -> Vec<Label> {
        figure.rows.iter().map(|row| row.label.clone()).collect()
    }

    #[test]
    fn the_place_of_a_row_does_not_tell_its_count() {
        // The last two are seen alike, though the small one is another.
        for (counted, shown) in [
            ([("NL", 20), ("BE", 9), ("FR", 9), ("RU", 1)], ["NL", "FR", "BE", "RU"]),
            ([("NL", 20), ("BE", 9), ("RU", 9), ("FR", 1)], ["NL", "RU", "BE", "FR"]),
            ([("NL", 20), ("FR", 9), ("RU", 9), ("BE", 1)], ["NL", "RU", "BE", "FR"]),
        ] {
            let rows = counted.map(|(code, n)| (country(code), Cell::Count(n)));
            let mut hosting = [figure(Shape::Bars, rows.into())];
            withhold(&mut hosting, &[], &crate::statistics::suppression::Order::smallest());
            assert_eq!(labels(&hosting[0]), shown.map(country), "{counted:?}");
            let cells: Vec<Cell> = hosting[0].rows.iter().map(|row| row.cells[0]).collect();
            assert_eq!(cells, [Cell::Count(20), Cell::Count(9), Cell::Withheld, Cell::Withheld]);
        }
    }

    #[test]
    fn rows_with_an_order_of_their_own_keep_it() {
        let moved = |shape, labels_before: [Label; 3]| {
            let cells = [Cell::Withheld, Cell::Withheld, Cell::Count(9)];
            let mut figure = figure(shape, labels_before.clone().into_iter().zip(cells).collect());
            withheld_last(&mut figure);
            let [last, first, shown] = labels_before;
            let after = labels(&figure);
            assert!(after == [shown.clone(), first.clone(), last.clone()] || after == [last, first, shown.clone()]);
            after[0] == shown
        };
        let codes = || ["b", "a", "c"].map(code);
        let names = || ["b", "a", "c"].map(|name| Label::Name(Some(name.to_owned())));
        let peers = || ["nl-b", "fr-a", "de-c"].map(|id| Label::Peer(id.parse().expect("an id")));
        for shape in [Shape::Bars, Shape::Stacked, Shape::TableOnly] {
            assert!(moved(shape, names()) && moved(shape, peers()), "{shape:?}");
            assert_eq!(moved(shape, codes()), shape == Shape::Bars, "{shape:?}");
            assert!(!moved(shape, [2019, 2018, 2020].map(Label::Year)), "{shape:?}");
            assert!(!moved(shape, [2, 1, 3].map(Label::DaysAfter)), "{shape:?}");
        }
    }

    #[test]
    fn rows_with_a_total_are_ranked_by_it() {
        let columns = ["removed", TOTAL].map(|name| Column { name, unit: Unit::Count }).to_vec();
        let row = |name: &str, cells: [Cell; 2]| Row { label: Label::Name(Some(name.to_owned())), cells: cells.into() };
        let rows = vec![
            row("b", [Cell::Withheld, Cell::Count(30)]),
            row("d", [Cell::Count(0), Cell::Withheld]),
            row("c", [Cell::Count(0), Cell::Withheld]),
            row("a", [Cell::Count(0), Cell::Count(0)]),
        ];
        let mut notices = Figure { name: "n", shape: Shape::Stacked, of: "n", columns, rows };
        withheld_last(&mut notices);
        assert_eq!(labels(&notices), ["b", "a", "c", "d"].map(|name| Label::Name(Some(name.to_owned()))));
    }
}
